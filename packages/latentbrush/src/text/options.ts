import { z } from 'zod';
import { takingOldNames } from '../renamed-options.ts';
import { shardsOption } from '../training/shards.ts';
import { sharedOptions } from '../training/shared-options.ts';

/**
 * Options of text training: names, ranges, defaults and help from one definition. Defaults are those of the text
 * generation example in Chollet, *Deep Learning with Python*, 8.1, unless the description says otherwise.
 */
export const trainOptions = takingOldNames(
  z.strictObject({
    level: z
      .enum(['char', 'word'])
      .default('char')
      .describe('what a token is: a character (grapheme) or a word'),
    keepCase: z.boolean().default(false).describe('keep capital letters; the book lower-cases the corpus'),
    vocabularySize: z
      .int()
      .min(2)
      .max(200_000)
      .default(10_000)
      .describe('level word: number of most frequent words to keep'),
    model: z
      .enum(['lstm', 'gru', 'conv'])
      .default('lstm')
      .describe('recurrent network, or causal dilated 1-D convolutions'),
    units: z.int().min(1).max(4096).default(128).describe('size of each layer'),
    layers: z.int().min(1).max(16).default(1).describe('number of layers'),
    embedding: z
      .int()
      .min(0)
      .max(4096)
      .default(0)
      .describe('size of a learned input embedding; 0 means one-hot input, as in the book'),
    dropout: z.number().min(0).max(0.95).default(0).describe('share of activations dropped after each layer'),
    kernelSize: z.int().min(2).max(16).default(3).describe('model conv: width of the convolution kernels'),
    objective: z
      .enum(['last', 'sequence'])
      .default('last')
      .describe(
        'predict the token after each window (the book), or every next token with truncated back-propagation (char-rnn)',
      ),
    window: z.int().min(1).max(4096).default(60).describe('length of a training window in tokens'),
    stride: z
      .int()
      .min(1)
      .max(4096)
      .default(3)
      .describe('distance between windows in tokens (objective last)'),
    batchSize: z
      .int()
      .min(1)
      .max(4096)
      .default(128)
      .describe('windows in a training step (objective sequence: parallel streams)'),
    shards: shardsOption('by batch and processors'),
    epochs: z.int().min(1).max(100_000).default(60).describe('passes over the corpus'),
    maxSteps: z.int().min(1).optional().describe('stop after this many training steps'),
    optimizer: z.enum(['rmsprop', 'adam', 'sgd']).default('rmsprop').describe('update rule'),
    learningRate: z.number().gt(0).max(10).default(0.01).describe('size of the updates'),
    lrDecay: z
      .number()
      .gt(0)
      .max(1)
      .default(1)
      .describe(
        'factor on the learning rate at each epoch after the first lr-decay-after (char-rnn uses 0.97)',
      ),
    lrDecayAfter: z.int().min(0).default(10).describe('epochs before lr-decay begins, as in char-rnn'),
    clipvalue: z.number().gt(0).optional().describe('limit each element of a gradient to this'),
    clipnorm: z.number().gt(0).optional().describe('scale all gradients together down to this L2 norm'),
    validation: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe('share of the corpus, at its end, for validation: loss, perplexity and bits per character'),
    patience: z
      .int()
      .min(0)
      .default(0)
      .describe('stop after this many epochs without a better loss; 0: never'),
    temperatures: z
      .array(z.number().gt(0).max(100))
      .min(1)
      .max(20)
      .default([0.2, 0.5, 1, 1.2])
      .describe('temperatures of the sample texts after each epoch'),
    sampleLength: z.int().min(0).max(100_000).default(400).describe('tokens of each sample text; 0 for none'),
    checkpointEvery: z
      .int()
      .min(1)
      .default(500)
      .describe('steps between checkpoints; one is also written at the end of each epoch'),
    ...sharedOptions,
  }),
);

/** Options of text training with all defaults filled in. */
export type TrainOptions = z.output<typeof trainOptions>;

/** Options of text training as given by the user. */
export type TrainInput = z.input<typeof trainOptions>;

/** Options of text generation. */
export const sampleOptions = z.strictObject({
  prompt: z.string().default('').describe('text to continue (default: a passage of the corpus)'),
  length: z.int().min(1).max(10_000_000).default(400).describe('tokens to write'),
  temperature: z
    .number()
    .gt(0)
    .max(100)
    .default(0.5)
    .describe('below 1 is more predictable, above 1 more surprising'),
  greedy: z.boolean().default(false).describe('always take the most probable token'),
  topK: z.int().min(1).optional().describe('draw only from the k most probable tokens'),
  topP: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe('draw only from the most probable tokens, whose probabilities add up to this'),
  stateful: z
    .boolean()
    .default(false)
    .describe('keep the hidden state from token to token instead of reading a sliding window again'),
  skipUnknown: z
    .boolean()
    .default(false)
    .describe('leave out characters of the prompt that the model does not know'),
  stop: z.string().min(1).optional().describe('stop text: the text ends before it'),
  seed: z.int().min(0).default(1).describe('seed of the draws'),
});

/** Options of text generation with all defaults filled in. */
export type SampleOptions = z.output<typeof sampleOptions>;

/** Options of text generation as given by the user. */
export type SampleInput = z.input<typeof sampleOptions>;
