import { describe, expect, it } from 'vitest';
import { countLine } from './test-counts.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('countLine', () => {
  it('counts passed and failed tests over all files', () => {
    const testResults = [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')];
    expect(countLine({ testResults })).toBe('3 passed, 1 failed');
  });

  it('names skipped tests, so that they are seen', () => {
    const testResults = [file('passed', 'passed', 'skipped', 'todo')];
    expect(countLine({ testResults })).toBe('1 passed, 0 failed, 2 skipped');
  });

  it('counts a file that does not load as one failure', () => {
    expect(countLine({ testResults: [file('failed'), file('passed', 'passed')] })).toBe('1 passed, 1 failed');
  });

  it('counts a file whose hooks fail, with its tests', () => {
    expect(countLine({ testResults: [file('failed', 'passed', 'skipped')] })).toBe(
      '1 passed, 1 failed, 1 skipped',
    );
  });
});
