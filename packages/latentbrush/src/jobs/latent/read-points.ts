import { z } from 'zod';
import { readJsonFile, readJsonLines } from '../../files/json-file.ts';
import type { Point } from '../../latent/index.ts';
import { JobCall, OptionError, words } from '../../words.ts';

const point = z.array(z.float32()).min(1).max(65_536);

/**
 * The possible contents of a file of points: the output of `encode`, the output of `sample --json`, and plain
 * lists.
 */
const pointFile = z.union([
  z.object({ mean: point }).transform(({ mean }) => [mean]),
  z.object({ points: z.array(point).min(1) }).transform(({ points }) => points),
  point.transform((one) => [one]),
  z.array(point).min(1),
]);

/** The events of `sample --json` when pictures go into a folder. */
const pictureEvents = z
  .array(z.object({ type: z.literal('picture'), point }))
  .min(1)
  .transform((events) => events.map((event) => event.point));

async function eventsIn(path: string): Promise<readonly unknown[] | undefined> {
  const lines = await readJsonLines(path);
  return lines?.filter((line) => z.object({ type: z.literal('picture') }).safeParse(line).success);
}

/**
 * Reads the points of a file.
 * @param system the system of the points, for the message
 * @throws InputError when it cannot be read or contains none
 */
export async function readPoints(path: string, system: 'vae' | 'gan'): Promise<Point[]> {
  const whole = await readJsonFile(path);
  const found =
    whole === undefined ? pictureEvents.safeParse(await eventsIn(path)) : pointFile.safeParse(whole);
  if (found.success) return found.data.map((values) => Float32Array.from(values));
  const maker =
    system === 'vae' ? new JobCall({ job: 'vae.encode' }) : new JobCall({ job: 'gan.sample', events: true });
  throw new OptionError(words`${path}: contains no point; make one with: ${maker}`);
}
