import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCorpus } from '../data/index.ts';
import * as gan from '../gan/index.ts';
import { discs } from '../gan/testing/discs.ts';
import { noise } from '../image/testing/noise.ts';
import * as style from '../style/index.ts';
import { tinyBackbone } from '../style/testing/tiny-perception.ts';
import { systemNamed } from '../systems.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import * as text from '../text/index.ts';
import * as vae from '../vae/index.ts';
import { dots } from '../vae/testing/dots.ts';

const made = fileURLToPath(new URL('testing/runs-0.1.0', import.meta.url));

/** The results of 0.1.0 itself when it continued these runs. Losses have the digits on which processors agree. */
const expected = JSON.parse(await readFile(join(made, 'expected.json'), 'utf8')) as Record<
  string,
  { losses: number[]; events: string[]; epoch?: { loss: number; validation?: number } }
>;

type Continue = (folder: string) => AsyncIterable<{ readonly type: string; readonly step: number }>;

const corpus = {
  name: 'rhyme',
  text: 'the quick brown fox jumps over the lazy dog and runs away.\n'.repeat(8),
};
const painting = {
  style: { name: 'wave.jpg', picture: noise(7, 3, 40, 50) },
  contentDir: 'photos',
  contents: [noise(3, 1, 66, 80), noise(4, 3, 70, 64)],
};
const resumed: Record<string, Continue> = {
  text: (folder) => text.resume(folder, corpus),
  vae: (folder) => vae.resume(folder, { train: dots(40) }),
  gan: (folder) => gan.resume(folder, discs()),
  style: (folder) => style.resume(folder, tinyBackbone({ name: 'vgg-tiny' }), painting),
};

/* oxlint-disable typescript/no-deprecated -- they must work as long as they exist */
const oldNames: Record<string, (folder: string) => Promise<object>> = {
  text: text.loadLanguageModel,
  vae: vae.loadVae,
  gan: gan.loadGan,
  style: style.loadStyleModel,
};
/* oxlint-enable typescript/no-deprecated */

describe.each(Object.entries(resumed))(
  'a %s run of version 0.1.0, interrupted in an epoch',
  (name, resume) => {
    it('loads, also by the function name of 0.1.0', async () => {
      const { model } = await systemNamed(name)!.load(join(made, name));
      expect(model).toHaveProperty('weights');
      expect(await oldNames[name]!(join(made, name))).toEqual(model);
    });

    it('continues as 0.1.0 continued it: the same steps, epochs, samples and checkpoints, the same losses', async () => {
      const folder = join(await temporaryFolder(), name);
      await cp(join(made, name), folder, { recursive: true });
      const { losses, events, epoch } = expected[name]!;
      const seen: { losses: number[]; events: string[]; epochs: Record<string, unknown>[] } = {
        losses: [],
        events: [],
        epochs: [],
      };
      for await (const event of resume(folder)) {
        const numbers = event as unknown as Record<string, number>;
        if (event.type === 'step')
          seen.losses.push(
            numbers.batchLoss ?? numbers.loss ?? numbers.discriminatorLoss! + numbers.generatorLoss!,
          );
        else seen.events.push(`${event.type} ${event.step}`);
        if (event.type === 'epoch') seen.epochs.push(event);
      }
      expect(seen.events).toEqual(events);
      expect(seen.losses).toHaveLength(losses.length);
      for (const [index, loss] of losses.entries())
        expect(Math.abs(seen.losses[index]! / loss - 1)).toBeLessThan(1e-4);
      // The mean of the epoch includes the steps before the checkpoint.
      if (epoch !== undefined) expect(seen.epochs[0]!.loss).toBeCloseTo(epoch.loss, 4);
    });
  },
);

describe('a text run of version 0.1.0 on a text with CR, and with é as one character and as two', () => {
  const run = join(made, 'text-as-typed');
  const given = join(run, 'corpus.txt');

  it('continues as 0.1.0 continued it, on the same text', async () => {
    const folder = join(await temporaryFolder(), 'run');
    await cp(run, folder, { recursive: true });
    const { source, rules } = await text.corpusOf(folder, given);
    expect({ source, rules }).toEqual({ source: given, rules: 1 });
    const asNow = text.resume(folder, await loadCorpus(given)).next(); // as texts are read now
    await expect(asNow).rejects.toThrow(
      /not the text this run was trained on .*loadCorpus\(source, \{ rules: 1 \}\)/,
    );

    const losses: number[] = [];
    let sample: unknown;
    for await (const event of text.resume(folder, await loadCorpus(source, { rules }), { maxSteps: 14 })) {
      if (event.type === 'step') losses.push(event.batchLoss);
      if (event.type === 'sample') sample = { prompt: event.prompt, text: event.text };
    }
    const before = [3.23197, 3.25556, 3.2498, 3.25629, 3.2592, 3.21949, 3.25555, 3.23008];
    expect(losses).toHaveLength(before.length);
    before.forEach((loss, index) => expect(losses[index]).toBeCloseTo(loss, 4));
    expect(sample).toEqual({ prompt: 'f\u00e9s.\rou\u0300 ', text: '?cle\u0301fe\u0301he  c ' });
  });

  it('accepts a prompt in either form', async () => {
    const { vocabulary } = (await text.Writer.load(run)).model;
    const known = (prompt: string): string => vocabulary.decode(vocabulary.encodePrompt(prompt));
    expect(known('cafe\u0301s\r')).toBe('cafe\u0301s\r');
    expect(known('caf\u00e9s')).toBe('caf\u00e9s');
    expect(known('o\u00f9')).toBe('ou\u0300'); // the corpus has only the other form
  });
});
