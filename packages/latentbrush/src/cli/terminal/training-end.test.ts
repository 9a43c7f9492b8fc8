import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Output, type OutputOptions } from './output.ts';
import { concludeTraining, type TrainingEnd } from './training-end.ts';

const commands = {
  resume: ['gan', 'train'],
  length: '--iterations',
  next: [['draw', ['gan', 'sample', 'r']]],
} as const;

/** The standard error of a training with this end. */
function said(end: Partial<TrainingEnd>, options: OutputOptions = {}): string {
  let written = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  concludeTraining(
    { reason: 'finished', step: 6, from: 0, folder: 'r', ...end },
    commands,
    new Output(options),
  );
  spy.mockRestore();
  return written;
}

const before = process.exitCode;
beforeEach(() => vi.stubEnv('LATENTBRUSH_COMMAND', 'latentbrush'));
afterEach(() => {
  vi.unstubAllEnvs();
  process.exitCode = before;
});

describe('the end of a training', () => {
  it('that is complete says where it is and how to use it', () => {
    expect(said({})).toBe('\nfinished at step 6: r\ndraw:     latentbrush gan sample r\n');
    expect(said({}, { quiet: true })).toBe('');
    expect(process.exitCode).toBe(before);
  });

  it('that was interrupted says how to continue, also with --quiet, and is no success', () => {
    const how = 'interrupted and saved at step 6: r\ncontinue: latentbrush gan train --resume r\n';
    expect(said({ reason: 'aborted' })).toBe(`\n${how}draw:     latentbrush gan sample r\n`);
    expect(said({ reason: 'aborted' }, { quiet: true })).toBe(how);
    expect(said({ reason: 'aborted' }, { json: true, quiet: true })).toBe('');
    expect(process.exitCode).toBe(130);
  });

  it('that was resumed though complete says so, and how to train for longer', () => {
    expect(said({ from: 6 })).toMatch(
      /^\nr: is already at step 6 \(finished\); nothing to do; raise --iterations to continue\ndraw:/,
    );
    expect(said({ from: 6, reason: 'max-steps' })).toMatch(/nothing to do; raise --max-steps to continue\n/);
    expect(said({ from: 6, reason: 'early-stopping' })).toMatch(
      /^\nr: is already at step 6 \(stopped early: .*\); nothing to do\n/,
    );
    expect(said({ from: 5 })).toMatch(/^\nfinished at step 6: r\n/);
  });
});
