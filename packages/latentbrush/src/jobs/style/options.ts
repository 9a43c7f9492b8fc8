import { z } from 'zod';
import { READING_RULES } from '../../data/index.ts';
import { isOnnxPath } from '../../pretrained/index.ts';
import { recordedRules } from '../../runs/dataset-record.ts';
import { styleOptions } from '../../style/index.ts';

/** Files of every painting. */
export const styleInputs = {
  styles: z.array(z.string()).min(1).describe('pictures whose style it gets'),
  masks: z.array(z.string()).default([]).describe('where each style goes: white; in the order of the styles'),
  backbone: z.string().optional().describe('an .onnx file in place of a network known by name'),
  weights: z
    .string()
    .optional()
    .describe('weights of the network: Keras .h5, .safetensors, model.json, .onnx'),
};

/** Options of every painting. */
export const paintOptions = {
  ...styleOptions.shape,
  maxMemory: styleOptions.shape.maxMemory.meta({ recorded: false }),
  backbone: z
    .string()
    .refine((name) => !isOnnxPath(name), 'give an .onnx file as the input of that name')
    .optional()
    .describe(
      'network that compares pictures: vgg19, vgg16, inception_v3, embedded (default: vgg19 if it is here or can be fetched, else embedded)',
    ),
  transparentMask: z
    .enum(['black', 'white'])
    .default('black')
    .meta({ hidden: true })
    .describe('what a transparent part of a mask counts as; it was white in version 0.1.0'),
};

const frameNumber = z.int().min(1).optional();

/** Which frame of an animation is painted as a picture. */
export const sourceFrame = frameNumber.describe('paint this frame of an animation, from 1');

/** Of an animation: its speed, and which part of it is made. */
export const animationOptions = {
  framesPerSecond: z
    .number()
    .optional()
    .describe('frames per second (default: the delays of an animation are kept; 20 for a folder)'),
  rules: recordedRules.default(READING_RULES).meta({ hidden: true }).describe('how a folder is listed'),
  frame: frameNumber.meta({ hidden: true }).describe('only this frame, as a picture'),
  stoppedAt: z
    .object({ frame: z.int().min(1), unfinished: z.boolean().optional() })
    .optional()
    .meta({ hidden: true })
    .describe('the frames up to this one: where the animation was interrupted that is made again'),
};

/** What a trained style is taken from: its run, or a checkpoint of it. */
export const trainedInputs = {
  run: z.string().optional().describe('folder of a style run'),
  checkpoint: z
    .string()
    .optional()
    .describe('file of a checkpoint, which lies in the folder of its run, in place of the run'),
};

/** Options of everything that a trained style paints. */
export const applyOptions = {
  run: z
    .string()
    .optional()
    .meta({ hidden: true })
    .describe('name of the run, by which its checkpoint is found'),
  // A recipe records the file itself.
  checkpoint: z
    .string()
    .default('latest')
    .meta({ recorded: false })
    .describe('which checkpoint of the run: latest, best, or the step of one that was kept'),
  size: z
    .int()
    .min(1)
    .optional()
    .describe('make larger pictures smaller first: their longest side in pixels'),
  threads: z.int().min(1).max(1024).optional().describe('processor threads (default: all)'),
  seed: z.int().min(0).default(0).meta({ hidden: true }).describe('nothing is drawn here'),
};
