import { z } from 'zod';
import { READING_RULES } from '../../data/index.ts';
import { isOnnxPath } from '../../pretrained/index.ts';
import { recordedRules } from '../../runs/dataset-record.ts';
import { styleOptions } from '../../style/index.ts';

/** Files of every painting. */
export const styleInputs = {
  styles: z.array(z.string()).min(1).describe('pictures that give the style'),
  masks: z
    .array(z.string())
    .default([])
    .describe('masks of the styles, in the order of the styles; a style is applied where its mask is white'),
  backbone: z.string().optional().describe('an .onnx file instead of a known network'),
  weights: z
    .string()
    .optional()
    .describe('weights of the network: Keras .h5 or .keras, PyTorch .pth, .safetensors, model.json, .onnx'),
};

/** Options of every painting. */
export const paintOptions = {
  ...styleOptions.shape,
  maxMemory: styleOptions.shape.maxMemory.meta({ recorded: false }),
  backbone: z
    .string()
    .refine((name) => !isOnnxPath(name), 'give an .onnx file as the input `network`')
    .optional()
    .describe(
      'network that compares pictures: vgg19, vgg16, inception_v3, embedded (default: vgg19 if available, else embedded)',
    ),
  transparentMask: z
    .enum(['black', 'white'])
    .default('black')
    .meta({ hidden: true })
    .describe('meaning of transparent parts of a mask; version 0.1.0 used white'),
};

const frameNumber = z.int().min(1).optional();

/** The frame of an animation to paint as a picture. */
export const sourceFrame = frameNumber.describe('paint this frame of an animation, counted from 1');

/** For an animation: its speed, and the part to make. */
export const animationOptions = {
  framesPerSecond: z
    .number()
    .optional()
    .describe('frames per second (default: the delays of the input animation; 20 for a folder)'),
  rules: recordedRules.default(READING_RULES).meta({ hidden: true }).describe('rules for listing a folder'),
  frame: frameNumber.meta({ hidden: true }).describe('only this frame, as a picture'),
  stoppedAt: z
    .object({ frame: z.int().min(1), unfinished: z.boolean().optional() })
    .optional()
    .meta({ hidden: true })
    .describe('last frame of an interrupted animation, to make it again'),
};

/** Source of a trained style: its run, or one of its checkpoints. */
export const trainedInputs = {
  run: z
    .string()
    .optional()
    .describe('folder of a style run, or a run of the package, such as pretrained:starry-night'),
  checkpoint: z
    .string()
    .optional()
    .describe('file of a checkpoint in the folder of its run, instead of the run'),
};

/** Options of all jobs that paint with a trained style. */
export const applyOptions = {
  run: z.string().optional().meta({ hidden: true }).describe('name of the run, to find its checkpoint'),
  // A recipe records the file itself.
  checkpoint: z
    .string()
    .default('latest')
    .meta({ recorded: false })
    .describe('checkpoint of the run: latest, best, or the step of a kept checkpoint'),
  size: z.int().min(1).optional().describe('longest side in pixels; larger pictures are made smaller first'),
  threads: z.int().min(1).max(1024).optional().describe('processor threads (default: all)'),
  seed: z.int().min(0).default(0).meta({ hidden: true }).describe('has no effect here'),
};
