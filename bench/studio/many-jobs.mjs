import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { data, image } from '../../packages/latentbrush/dist/index.js';

/** Different pictures; the others are links to these. */
const DIFFERENT = 40;

/**
 * Fills the folder of a studio with done dreams of 768x512 pixels, as their jobs would have left them, and with jobs that wait.
 * @param {string} folder
 * @param {{ jobs: number, pictures: number, waiting?: number }} numbers `pictures` of each done job
 */
export async function fillWithJobs(folder, { jobs, pictures, waiting = 0 }) {
  const sources = await writePictures(join(folder, 'sources'));
  const begin = Date.UTC(2026, 0, 1);
  for (let number = 0; number < jobs + waiting; number++) {
    const created = begin + 60_000 * number;
    const id = `${created.toString(36).padStart(9, '0')}-${number.toString(16).padStart(12, '0')}`;
    const home = join(folder, 'jobs', id);
    await mkdir(join(home, 'artefacts'), { recursive: true });
    const isDone = number < jobs;
    const artefacts = Array.from(
      { length: isDone ? pictures : 0 },
      (_, index) => `artefacts/dream-${index}.png`,
    );
    for (const [index, file] of artefacts.entries())
      await link(
        /** @type {string} */ (sources[(number * pictures + index) % sources.length]),
        join(home, file),
      );
    const job = {
      id,
      job: 'dream.picture',
      inputs: { picture: sources[number % sources.length] },
      options: { size: 768, octaves: 3, iterations: 20, seed: number },
      state: isDone ? 'done' : 'queued',
      created,
      ...(isDone && { started: created, ended: created + 50_000 }),
      artefacts,
    };
    await writeFile(join(home, 'job.json'), JSON.stringify(job));
    const events = Array.from({ length: 12 }, (_, index) =>
      JSON.stringify({ type: 'note', text: ['octave', String(index)], number: index + 1, time: created }),
    );
    await writeFile(join(home, 'events.jsonl'), `${events.join('\n')}\n`);
  }
}

/** @param {string} folder */
async function writePictures(folder) {
  await mkdir(folder);
  const cat = image.resize(await data.loadPhotograph('cat'), { height: 512, width: 768 });
  const files = [];
  for (let number = 0; number < DIFFERENT; number++) {
    const changed = {
      ...cat,
      data: cat.data.map(
        (value, i) => (value * (5 + ((number * 7 + Math.floor(i / 393_216) * 11) % 13))) / 16,
      ),
    };
    const file = join(folder, `${number}.png`);
    await image.writePicture(file, changed);
    files.push(file);
  }
  return files;
}
