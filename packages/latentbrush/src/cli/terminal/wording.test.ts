import { expect, it } from 'vitest';
import { JobCall, option, OptionError, words } from '../../words.ts';
import { commandOfJob, inTerminal, messageInTerminal, optionOfFlag } from './wording.ts';

it('a sentence names options as flags, and jobs as commands', () => {
  const run = 'my run';
  const sentence = words`${option('maxLoss')} and ${option('sourceFrame')}; ${new JobCall({ job: 'vae.resume', run })}`;
  expect(inTerminal(sentence)).toBe("--max-loss and --frame; latentbrush vae train --resume 'my run'");
  const error = new OptionError(sentence);
  expect(messageInTerminal(error)).toBe(inTerminal(sentence));
  expect(error.message).toBe('option maxLoss and option sourceFrame; vae.resume'); // in the library
});

it('the command of a job has its data as arguments or flags', () => {
  const inputs = { style: 'STYLE', contentDir: 'FOLDER' };
  expect(commandOfJob({ job: 'style.resume', inputs, run: '-dash' })).toBe(
    'latentbrush style train STYLE --content-dir FOLDER --resume ./-dash',
  );
  expect(commandOfJob({ job: 'vae.encode' })).toBe('latentbrush vae encode');
  expect(commandOfJob({ job: 'gan.sample', events: true })).toBe('latentbrush gan sample --json');
});

it('an option is found by its flag', () => {
  expect(['max-loss', 'frame', 'fps'].map(optionOfFlag)).toEqual([
    'maxLoss',
    'sourceFrame',
    'framesPerSecond',
  ]);
});
