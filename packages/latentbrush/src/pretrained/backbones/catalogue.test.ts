import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { backboneCatalogue, backboneNamed } from './catalogue.ts';

describe('the catalogue of backbones', () => {
  it.each(Object.values(backboneCatalogue))('$name ends at $end', ({ architecture, end }) => {
    expect(architecture().at(-1)?.name).toBe(end);
  });

  it('gives VGG the requested pooling', () => {
    const kinds = (pooling?: 'max' | 'average'): string[] =>
      backboneCatalogue.vgg19
        .architecture(pooling)
        .filter(({ kind }) => kind.endsWith('pooling'))
        .map(({ kind }) => kind);
    expect(new Set(kinds())).toEqual(new Set(['max pooling']));
    expect(new Set(kinds('average'))).toEqual(new Set(['average pooling']));
  });

  it('finds names in upper and lower case', () => {
    expect(backboneNamed('VGG19')).toBe(backboneCatalogue.vgg19);
  });

  it.each([
    ['vgg18', /nearest: vgg1[69]; known names: embedded, inception_v3, resnet50, xception, vgg16, vgg19/],
    ['inceptionv3', /nearest: inception_v3/],
    ['', /backbone "" does not exist/],
    ['constructor', /does not exist/],
  ])('refuses "%s", and names the nearest', (name, message) => {
    expect(() => backboneNamed(name)).toThrow(InputError);
    expect(() => backboneNamed(name)).toThrow(message);
  });
});
