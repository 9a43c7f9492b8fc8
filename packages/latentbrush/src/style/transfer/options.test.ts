import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../options.ts';
import { styleOptions, resolveStyle, type StyleInput, type ResolvedStyle } from './options.ts';
import { presetOf } from '../presets.ts';

const resolved = (backbone: string, options: StyleInput = {}): ResolvedStyle =>
  resolveStyle(backbone, parseOptions(styleOptions, options));

describe('defaults', () => {
  it("with vgg19 are the book's: 20 rounds of at most 20 evaluations, from the content, at height 400", () => {
    expect(resolved('vgg19')).toMatchObject({
      height: 400,
      rounds: 20,
      evaluations: 20,
      init: 'content',
      optimizer: 'lbfgs',
      losses: 'book',
      contentWeight: 0.025,
      styleWeight: 1,
      tvWeight: 1e-4,
      contentLayer: 'block5_conv2',
      styleLayers: ['block1_conv1', 'block2_conv1', 'block3_conv1', 'block4_conv1', 'block5_conv1'],
      pyramid: 1,
      pooling: 'max',
      enlargement: 1,
      border: 0,
      smoothing: 0,
    });
    expect(resolved('vgg16')).toEqual(resolved('vgg19'));
  });

  it('with other networks are normalised, in a pyramid', () => {
    expect(resolved('inception_v3')).toMatchObject({ losses: 'normalized', pyramid: 3 });
    expect(presetOf('my-network.onnx')).toBe(presetOf('inception_v3'));
  });
});

describe('chosen options take precedence over the preset', () => {
  it.each<StyleInput>([
    { contentWeight: 3 },
    { contentWeight: 0 },
    { styleWeight: 0 },
    { tvWeight: 0 },
    { smoothing: 0 },
    { pyramid: 1 },
    { losses: 'book' },
    { losses: 'normalized' },
    { contentLayer: 'mixed1' },
    { styleLayers: ['mixed0'] },
  ])('%j', (chosen) => {
    for (const backbone of ['vgg19', 'inception_v3'])
      expect(resolved(backbone, chosen)).toMatchObject(chosen);
  });

  it('but an option that is undefined was not chosen', () => {
    const options: StyleInput = { contentWeight: undefined, styleLayers: undefined };
    expect(resolved('vgg19', options)).toEqual(resolved('vgg19'));
  });
});

describe('options', () => {
  it.each<[StyleInput, RegExp]>([
    [{ height: 15 }, /option height: 15 was given/],
    [{ height: 8193 }, /option height/],
    [{ tvWeight: -1 }, /option tvWeight: -1 was given/],
    [{ styleSize: 0 }, /option styleSize/],
    [{ styleLayers: [] }, /option styleLayers/],
    [{ styleBlend: [1, Number.NaN] }, /option styleBlend/],
    [{ learningRate: 0 }, /option learningRate/],
    [{ maxMemory: 0 }, /option maxMemory/],
    [{ rounds: 1.5 }, /option rounds/],
  ])('%j is refused', (options, message) => {
    expect(() => parseOptions(styleOptions, options)).toThrow(message);
  });
});
