import { describe, expect, it } from 'vitest';
import { inceptionV3, preprocessings, resnet50, vgg, xception } from '../index.ts';
import { parameterCount } from '../backbones/testing/parameter-count.ts';
import { pretrainedWeights, type PretrainedWeights } from './registry.ts';

const entries: readonly PretrainedWeights[] = Object.values(pretrainedWeights);
const architectures = {
  inception_v3: inceptionV3(),
  resnet50: resnet50(),
  xception: xception(),
  vgg16: vgg(16),
  vgg19: vgg(19),
};

describe('the registry of pretrained weights', () => {
  it('has each network of the toolkit once', () => {
    expect(entries.map(({ name }) => name)).toEqual(Object.keys(pretrainedWeights));
    expect(Object.keys(pretrainedWeights)).toEqual(Object.keys(architectures));
  });

  it.each(entries)('$name: the file has an address and a checksum', (entry) => {
    expect(new URL(entry.url).protocol).toBe('https:');
    const folder = entry.name === 'resnet50' ? 'resnet' : entry.name; // Keras has one folder for all ResNets
    expect(entry.url.endsWith(`/${folder}/${entry.fileName}`)).toBe(true);
    expect(entry.fileName.startsWith(`${entry.name}_weights_`)).toBe(true);
    expect(entry.md5).toMatch(/^[0-9a-f]{32}$/);
    expect(entry.withClassifier).toMatch(/^[0-9a-f]{32}$/);
    expect(entry.fileName).toContain('_notop');
    if (entry.torchvision !== undefined) expect(entry.torchvision).toMatch(/-[0-9a-f]{8}\.pth$/);
    expect(entry.licence).not.toBe('');
    expect(entry.paper).toMatch(/arXiv:\d{4}\.\d{4,5}$/);
  });

  it('distinguishes the networks by their checksums', () => {
    expect(new Set(entries.flatMap(({ md5, withClassifier }) => [md5, withClassifier])).size).toBe(
      2 * entries.length,
    );
  });

  it.each(entries)('$name: the file is slightly larger than its parameters', (entry) => {
    const bytes = 4 * parameterCount(architectures[entry.name as keyof typeof architectures]);
    expect(entry.size).toBeGreaterThan(bytes);
    expect(entry.size).toBeLessThan(bytes + 1e6);
  });

  it.each(entries)('$name: ends where its architecture ends, with its preprocessing', (entry) => {
    expect(architectures[entry.name as keyof typeof architectures].at(-1)?.name).toBe(entry.end);
    expect(preprocessings).toHaveProperty(entry.preprocessing);
  });
});
