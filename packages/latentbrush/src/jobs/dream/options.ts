import { z } from 'zod';
import { dreamOptions } from '../../dream/index.ts';
import { isOnnxPath, preprocessings, type PreprocessingName } from '../../pretrained/index.ts';

const side = z.int().min(1).max(65_535);

/** Input files of every dream. */
export const dreamInputs = {
  guide: z.string().optional().describe('dream towards the features of this picture'),
  mask: z.string().optional().describe('dream only where this is white'),
  backbone: z.string().optional().describe('an .onnx file instead of a known network'),
  weights: z
    .string()
    .optional()
    .describe('weights of the network: Keras .h5 or .keras, PyTorch .pth, .safetensors, model.json, .onnx'),
};

/** Options of every dream: those of the book's DeepDream, and the network. */
export const commonOptions = {
  ...dreamOptions.shape,
  // No default: for the user's own network, which does not have the book's layers, it matters whether layers
  // were chosen.
  layers: dreamOptions.shape.layers
    .unwrap()
    .optional()
    .describe(dreamOptions.shape.layers.description ?? ''),
  backbone: z
    .string()
    .refine((name) => !isOnnxPath(name), 'give an .onnx file as the input `network`')
    .default('inception_v3')
    .describe('inception_v3, embedded, resnet50, xception, vgg16, vgg19'),
  preprocessing: z
    .enum(Object.keys(preprocessings) as [PreprocessingName])
    .optional()
    .describe('preprocessing for the network of an .onnx file (default: imagenet)'),
  size: side.optional().describe('longest side in pixels; a larger picture is made smaller first'),
  transparentMask: z
    .enum(['black', 'white'])
    .default('black')
    .meta({ hidden: true })
    .describe('meaning of transparent parts of the mask; version 0.1.0 used white'),
};

/** The start of a dream on one picture: a file, or noise. */
export const sourceInputs = {
  picture: z.string().optional().describe('the picture to dream on'),
};

/** The start of a dream on one picture, other than its file. */
export const sourceOptions = {
  noise: z
    .strictObject({ height: side, width: side })
    .optional()
    .describe('start from noise of this size instead of a picture'),
  sourceFrame: z.int().min(1).optional().describe('dream on this frame of an animation, counted from 1'),
};

/** For an animation: the part to make. */
export const animationPart = {
  frame: z.int().min(1).optional().meta({ hidden: true }).describe('only this frame, as a picture'),
  stoppedAt: z
    .object({ frame: z.int().min(1), unfinished: z.boolean().optional() })
    .optional()
    .meta({ hidden: true })
    .describe('last frame of an interrupted animation, to make it again'),
};

/** Options of a dream with defaults filled in. */
export type CommonOptions = z.output<z.ZodObject<typeof commonOptions>>;

/** Files of a dream. */
export type DreamInputs = z.output<z.ZodObject<typeof dreamInputs>>;

/** The start of a dream on one picture. */
export type SourceOptions = z.output<z.ZodObject<typeof sourceOptions>>;
