import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { trainOptions } from '../../../text/index.ts';
import { commandLine } from '../../../shell-word.ts';
import { abortOnInterrupt, endInterrupted } from '../../terminal/interrupt.ts';
import { Output } from '../../terminal/output.ts';
import { addSchemaOptions, readSchemaOptions } from '../../options/schema-options.ts';
import { outputOptions } from '../../options/shared-options.ts';
import { learnFaces } from './faces.ts';
import { writeGallery, type GallerySection } from './gallery.ts';
import { trainGan } from './gan.ts';
import { dreamOfTheCat, paintTheCat } from './pictures.ts';
import { readMobyDick } from './text.ts';

/** The folder for the results of the quickstart. */
const FOLDER = 'latentbrush-quickstart';

const CHANGEABLE = trainOptions.pick({ seed: true });

/** `latentbrush quickstart`. */
export function quickstartCommand(): Command {
  const command = new Command('quickstart').description(
    'Try all five systems in a few minutes, offline: dream on a photograph, paint it like van Gogh, train a language model on Moby Dick, a VAE and a GAN on faces; then open the gallery page.',
  );
  addSchemaOptions(command, CHANGEABLE);
  outputOptions(command);
  return command.action(async (given: { json?: boolean; quiet?: boolean }) => {
    const { seed } = readSchemaOptions(CHANGEABLE, given as Record<string, unknown>);
    const output = new Output(given);
    const signal = abortOnInterrupt(output);
    await rm(FOLDER, { recursive: true, force: true });
    const sections: GallerySection[] = [];
    const parts = [
      () => dreamOfTheCat(FOLDER, seed, output, signal),
      () => paintTheCat(FOLDER, seed, output, signal),
      () => readMobyDick(FOLDER, seed, output, signal),
      () => learnFaces(FOLDER, seed, output, signal),
      () => trainGan(FOLDER, seed, output, signal),
    ];
    for (const part of parts) {
      sections.push(await part());
      if (signal.aborted) break;
    }
    const page = join(FOLDER, 'index.html');
    await writeGallery(page, sections);
    output.event({ type: 'gallery', path: page });
    output.text(`\n${page}: open it in a browser\n`);
    output.note(`in the studio: ${commandLine(['studio', '--folder', FOLDER])}`);
    if (signal.aborted) endInterrupted();
  });
}
