import { z } from 'zod';
import { dreamOptions } from '../../dream/index.ts';
import { isOnnxPath, preprocessings, type PreprocessingName } from '../../pretrained/index.ts';

const side = z.int().min(1).max(65_535);

/** Files that every dream may be made of. */
export const dreamInputs = {
  guide: z.string().optional().describe('dream towards the features of this picture'),
  mask: z.string().optional().describe('dream only where this is white'),
  backbone: z.string().optional().describe('an .onnx file in place of a network known by name'),
  weights: z
    .string()
    .optional()
    .describe('weights of the network: Keras .h5, .safetensors, model.json, .onnx'),
};

/** Options of every dream: those of the book's DeepDream, and the network. */
export const commonOptions = {
  ...dreamOptions.shape,
  // Without a default: whether layers were chosen matters for networks of the person's own, which lack those of the book.
  layers: dreamOptions.shape.layers
    .unwrap()
    .optional()
    .describe(dreamOptions.shape.layers.description ?? ''),
  backbone: z
    .string()
    .refine((name) => !isOnnxPath(name), 'give an .onnx file as the input of that name')
    .default('inception_v3')
    .describe('inception_v3, embedded, resnet50, xception, vgg16, vgg19'),
  preprocessing: z
    .enum(Object.keys(preprocessings) as [PreprocessingName])
    .optional()
    .describe('what the network of an .onnx file expects (default: imagenet)'),
  size: side.optional().describe('make a larger picture smaller first: its longest side in pixels'),
  transparentMask: z
    .enum(['black', 'white'])
    .default('black')
    .meta({ hidden: true })
    .describe('what a transparent part of the mask counts as; it was white in version 0.1.0'),
};

/** What a dream on one picture begins with: a file, or noise. */
export const sourceInputs = {
  picture: z.string().optional().describe('the picture to dream on'),
};

/** What a dream on one picture begins with, besides its file. */
export const sourceOptions = {
  noise: z
    .strictObject({ height: side, width: side })
    .optional()
    .describe('begin with noise of this size in place of a picture'),
  sourceFrame: z.int().min(1).optional().describe('dream on this frame of an animation, from 1'),
};

/** Of an animation: which part of it is made. */
export const animationPart = {
  frame: z.int().min(1).optional().meta({ hidden: true }).describe('only this frame, as a picture'),
  stoppedAt: z
    .object({ frame: z.int().min(1), unfinished: z.boolean().optional() })
    .optional()
    .meta({ hidden: true })
    .describe('the frames up to this one: where the animation was interrupted that is made again'),
};

/** Options of a dream, resolved. */
export type CommonOptions = z.output<z.ZodObject<typeof commonOptions>>;

/** Files of a dream. */
export type DreamInputs = z.output<z.ZodObject<typeof dreamInputs>>;

/** What a dream on one picture begins with. */
export type SourceOptions = z.output<z.ZodObject<typeof sourceOptions>>;
