import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { picture, type Picture } from '../../../image/index.ts';
import { noise } from '../../../image/testing/noise.ts';
import { tinyBackbone, tinyLayers } from '../../testing/tiny-perception.ts';
import type { FastPictures } from '../data.ts';
import type { FastEvent } from '../events.ts';
import type { TrainInput } from '../options.ts';

export const backbone = tinyBackbone({ name: 'vgg-tiny' });
export const contents = [waves(70, 90, 1), waves(64, 64, 2), noise(3, 1, 66, 80)];
export const pictures: FastPictures = {
  style: { name: 'wave.jpg', picture: noise(7, 3, 40, 50) },
  contentDir: 'photos',
  contents,
};
/** Painted: inverted colours. */
export const pairs: NonNullable<FastPictures['pairs']> = {
  dir: 'painted',
  pictures: contents.slice(0, 2).map((content) => ({ content, painted: negative(content) })),
};
export const quick: TrainInput = {
  ...tinyLayers,
  size: 64,
  styleSize: 40,
  filters: 4,
  residualBlocks: 1,
  noise: 2,
  batchSize: 1,
  iterations: 12,
  checkpointEvery: 5,
  sampleEvery: 4,
  learningRate: 0.01,
  threads: 1,
};

export async function all(events: AsyncIterable<FastEvent>): Promise<FastEvent[]> {
  const collected: FastEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

export const of = <T extends FastEvent['type']>(events: readonly FastEvent[], type: T) =>
  events.filter((event): event is Extract<FastEvent, { type: T }> => event.type === type);
export const losses = (events: readonly FastEvent[]): number[] => of(events, 'step').map(({ loss }) => loss);

/** The sheets of samples, as hashes of their pixels. */
export const sheets = (events: readonly FastEvent[]): string[] =>
  of(events, 'sample').map(({ sheet }) =>
    createHash('sha256').update(new Uint8Array(sheet.data.buffer)).digest('hex'),
  );

/** Trains until a step, then stops. */
export async function until(
  step: number,
  begin: (signal: AbortSignal) => AsyncIterable<FastEvent>,
): Promise<FastEvent[]> {
  const controller = new AbortController();
  const events: FastEvent[] = [];
  for await (const event of begin(controller.signal)) {
    events.push(event);
    if (event.type === 'step' && event.step === step) controller.abort();
  }
  return events;
}

interface RunFile {
  options: Record<string, unknown>;
  extra: Record<string, unknown>;
}

export async function changeRun(run: string, change: (contents: RunFile) => void): Promise<void> {
  const file = join(run, 'run.json');
  const contents = JSON.parse(await readFile(file, 'utf8')) as RunFile;
  change(contents);
  await writeFile(file, JSON.stringify(contents));
}

export function negative(source: Picture): Picture {
  const planes =
    source.channels === 3 ? source.data : Float32Array.from([...source.data, ...source.data, ...source.data]);
  return picture(
    3,
    source.height,
    source.width,
    planes.map((value) => 255 - value),
  );
}

/** A picture of soft coloured waves. */
function waves(height: number, width: number, seed: number): Picture {
  const size = height * width;
  const data = Float32Array.from({ length: 3 * size }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / size), Math.floor(i / width) % height, i % width];
    return 127 + 90 * Math.sin((row * (channel + 1)) / 11 + seed) * Math.cos(column / 14 + channel);
  });
  return picture(3, height, width, data);
}
