import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Random, TrainingState } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { loadCorpus, loadImageDataset, pictureAt } from './data/index.ts';
import { Generator } from './gan/index.ts';
import { picture, type Picture } from './image/index.ts';
import {
  conceptsOfRun,
  placeOfRun,
  pretrainedNames,
  pretrainedRuns,
  type PretrainedRun,
} from './runs/pretrained-runs.ts';
import { openRun } from './runs/run.ts';
import { readCheckpoint, readRun } from './runs/training-run.ts';
import { readConcept } from './latent/index.ts';
import { StylePainter } from './style/index.ts';
import { prepare, tokenized } from './text/data.ts';
import { evaluator } from './text/evaluator.ts';
import { textRuns } from './text/run.ts';
import { Writer } from './text/index.ts';
import { Vae } from './vae/index.ts';

const styles = Object.entries<PretrainedRun>(pretrainedRuns).flatMap(([name, { system }]) =>
  system === 'style' ? [name] : [],
);

/** What was measured of a model when it was made, as its run.json says. */
async function figureOf(run: string, name: string): Promise<number> {
  const { figures } = (await openRun(run)).extra as { figures: Readonly<Record<string, number>> };
  return figures[name]!;
}

const meanSquare = (a: Picture, b: Picture): number =>
  a.data.reduce((sum, value, i) => sum + ((value - b.data[i]!) / 255) ** 2, 0) / a.data.length;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the models of the package', () => {
  it('are together smaller than 8 MB', async () => {
    const folder = dirname(placeOfRun(pretrainedNames()[0]!));
    const files = await readdir(folder, { recursive: true });
    const sizes = await Promise.all(files.map(async (file) => stat(join(folder, file))));
    const bytes = sizes.filter((file) => file.isFile()).reduce((sum, { size }) => sum + size, 0);
    expect(bytes).toBeGreaterThan(1e6);
    expect(bytes).toBeLessThan(8e6);
  });

  it('say no place of the machine that trained them', async () => {
    for (const name of pretrainedNames())
      expect(JSON.stringify(await openRun(name))).not.toMatch(/"(?:\/\w|\w:[\\/])/);
  });

  it('faces-vae: reconstructs faces as well as its run.json says', async () => {
    const model = await Vae.load('pretrained:faces-vae', { threads: 1 });
    const { train: faces } = await loadImageDataset('emoji:faces', { size: 32 });
    const pictures = Array.from({ length: faces.count }, (_, index) => pictureAt(faces, index));
    const encoded = await model.encode(pictures);
    const decoded = await model.decode(encoded.map((each) => each.mean));
    const error = mean(decoded.map((each, index) => meanSquare(each, pictures[index]!)));
    const said = await figureOf('pretrained:faces-vae', 'reconstructionMse');
    expect(Math.abs(error / said - 1)).toBeLessThan(0.02);
    expect(error).toBeLessThan(0.02); // plain grey would be 0.2
    const [sample] = await model.sample(new Random(1), 1);
    expect(sample).toMatchObject({ channels: 3, height: 32, width: 32 });
    await model.release();
  });

  it.each(['faces-vae', 'faces-gan'] as const)(
    '%s: has a smile that chance does not explain',
    async (name) => {
      const run = `pretrained:${name}`;
      const { latent } = (await openRun(run)).extra.architecture as { latent: number };
      const concepts = await readdir(conceptsOfRun(run));
      expect(concepts).toContain('smile.json');
      for (const file of concepts) {
        const concept = await readConcept(`${run}/${file.replace('.json', '')}`);
        expect({ file, latent: concept.mean.length }).toEqual({ file, latent });
        expect({ file, isBetter: concept.accuracy > concept.chance }).toEqual({ file, isBetter: true });
      }
    },
  );

  it('faces-gan: draws pictures of faces that differ', async () => {
    const generator = await Generator.load('pretrained:faces-gan', { threads: 1 });
    const drawn = await generator.sample(new Random(1), 16);
    expect(drawn[0]).toMatchObject({ channels: 3, height: 32, width: 32 });
    const apart = drawn.slice(1).map((each) => meanSquare(each, drawn[0]!));
    expect(Math.min(...apart)).toBeGreaterThan(0.005);
    await generator.release();
  });

  it('moby-dick: has the validation loss that its run.json says, and writes', async () => {
    const run = await readRun(textRuns, 'pretrained:moby-dick');
    const { tensors } = await readCheckpoint(textRuns, 'pretrained:moby-dick');
    const corpus = await loadCorpus('moby-dick');
    const options = { ...run.options, threads: 1 };
    const data = prepare(await tokenized(corpus, options, run.extra), options);
    const measure = await evaluator(data, options, new TrainingState(tensors));
    const loss = await measure.loss();
    await measure.release();
    const said = await figureOf('pretrained:moby-dick', 'validationLoss');
    expect(Math.abs((loss ?? 9) - said)).toBeLessThan(0.005);
    expect(loss).toBeLessThan(1.5); // 2.9 for how often each character occurs
    const writer = await Writer.load('pretrained:moby-dick');
    const prompt = 'call me ishmael';
    expect(await writer.write({ prompt, length: 80, stateful: true })).toHaveLength(80);
    await writer.release();
  }, 60_000);

  it.each(styles)('%s: paints a picture of any size, with other colours', async (name) => {
    const painter = await StylePainter.load(`pretrained:${name}`, { threads: 1 });
    const grey = picture(3, 60, 90);
    grey.data.fill(128);
    const painted = await painter.paint(grey);
    expect(painted).toMatchObject({ channels: 3, height: 60, width: 90 });
    expect(new Set(painted.data.map(Math.round)).size).toBeGreaterThan(10);
    await painter.release();
  });
});
