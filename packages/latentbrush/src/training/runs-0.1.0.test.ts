import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as gan from '../gan/index.ts';
import { discs } from '../gan/testing/discs.ts';
import { noise } from '../image/testing/noise.ts';
import * as style from '../style/index.ts';
import { tinyBackbone } from '../style/testing/tiny-perception.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import * as text from '../text/index.ts';
import * as vae from '../vae/index.ts';
import { dots } from '../vae/testing/dots.ts';

const made = fileURLToPath(new URL('testing/runs-0.1.0', import.meta.url));

/** What 0.1.0 itself gave when it continued these runs. Losses as in the last digits that processors agree on. */
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
const systems: Record<string, { resume: Continue; load: (folder: string) => Promise<unknown> }> = {
  text: { resume: (folder) => text.resume(folder, corpus), load: text.loadLanguageModel },
  vae: { resume: (folder) => vae.resume(folder, { train: dots(40) }), load: vae.loadVae },
  gan: { resume: (folder) => gan.resume(folder, discs()), load: gan.loadGan },
  style: {
    resume: (folder) => style.resumeFast(folder, tinyBackbone({ name: 'vgg-tiny' }), painting),
    load: style.loadStyleModel,
  },
};

describe.each(Object.entries(systems))(
  'a %s run of version 0.1.0, interrupted in an epoch',
  (name, system) => {
    it('loads', async () => {
      await expect(system.load(join(made, name))).resolves.toBeDefined();
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
      for await (const event of system.resume(folder)) {
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
      // The mean of the epoch holds what the steps before the checkpoint measured.
      if (epoch !== undefined) expect(seen.epochs[0]!.loss).toBeCloseTo(epoch.loss, 4);
    });
  },
);
