import { describe, expect, it } from 'vitest';
import { describeLayers, inceptionV3, preprocessings, vgg } from '../backbones/index.ts';
import { pretrainedWeights, type PretrainedWeights } from './registry.ts';

const entries: readonly PretrainedWeights[] = Object.values(pretrainedWeights);
const architectures = { inception_v3: inceptionV3(), vgg16: vgg(16), vgg19: vgg(19) };

describe('the registry of pretrained weights', () => {
  it('has each network of the toolkit once', () => {
    expect(entries.map(({ name }) => name)).toEqual(Object.keys(pretrainedWeights));
    expect(Object.keys(pretrainedWeights)).toEqual(Object.keys(architectures));
  });

  it.each(entries)('$name: the file can be downloaded and told from others', (entry) => {
    expect(new URL(entry.url).protocol).toBe('https:');
    expect(entry.url.endsWith(`/${entry.name}/${entry.fileName}`)).toBe(true);
    expect(entry.md5).toMatch(/^[0-9a-f]{32}$/);
    expect(entry.licence).not.toBe('');
    expect(entry.paper).toMatch(/arXiv:\d{4}\.\d{4,5}$/);
  });

  it('tells the networks apart by their checksums', () => {
    expect(new Set(entries.map(({ md5 }) => md5)).size).toBe(entries.length);
  });

  it.each(entries)('$name: the file is as large as its parameters, and a little more', (entry) => {
    const bytes = 4 * parametersOf(entry.name as keyof typeof architectures);
    expect(entry.size).toBeGreaterThan(bytes);
    expect(entry.size).toBeLessThan(bytes + 1e6);
  });

  it.each(entries)('$name: ends where its architecture ends, with its preprocessing', (entry) => {
    expect(architectures[entry.name as keyof typeof architectures].at(-1)?.name).toBe(entry.end);
    expect(preprocessings).toHaveProperty(entry.preprocessing);
  });
});

// A convolution has a bias, or beta, moving mean and moving variance of its batch normalisation.
function parametersOf(name: keyof typeof architectures): number {
  const channels = new Map(describeLayers(architectures[name]).map((layer) => [layer.name, layer.channels]));
  return architectures[name].reduce((sum, layer) => {
    if (layer.kind !== 'convolution') return sum;
    const [height, width] = layer.kernelSize;
    const inputs = channels.get(layer.input) ?? 3;
    const perFilter = layer.batchNormalization === undefined ? 1 : 3;
    return sum + layer.filters * (height * width * inputs + perFilter);
  }, 0);
}
