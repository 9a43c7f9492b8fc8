import { describe, expect, it } from 'vitest';
import { countLine } from './test-counts.mjs';

let files = 0;
const file = (status: string, ...tests: string[]) => ({
  name: `file ${(files += 1)}`,
  status,
  assertionResults: tests.map((test) => ({ fullName: 'is so', status: test })),
});

describe('countLine', () => {
  it('counts passed and failed tests over all files', () => {
    const testResults = [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')];
    expect(countLine({ testResults })).toBe('3 passed, 1 failed');
  });

  it('names skipped tests', () => {
    const testResults = [file('passed', 'passed', 'skipped', 'todo')];
    expect(countLine({ testResults })).toBe('1 passed, 0 failed, 2 skipped');
  });

  it('counts a file that does not load as one failure', () => {
    expect(countLine({ testResults: [file('failed'), file('passed', 'passed')] })).toBe('1 passed, 1 failed');
  });

  it('counts a file whose hooks fail, and its tests', () => {
    expect(countLine({ testResults: [file('failed', 'passed', 'skipped')] })).toBe(
      '1 passed, 1 failed, 1 skipped',
    );
  });

  it('counts a test that fails on the newest Node only as one failure, and no test twice', () => {
    const name = 'one file';
    const report = {
      testResults: [{ ...file('passed', 'passed', 'passed'), name }, file('failed', 'failed')],
    };
    const newest = {
      testResults: [{ ...file('failed', 'passed', 'failed'), name }, report.testResults[1]!],
    };
    expect(countLine(report, newest)).toBe('1 passed, 2 failed');
  });

  it('counts a file that does not load on the newest Node as one failure', () => {
    const testResults = [file('passed', 'passed')];
    expect(countLine({ testResults }, { testResults: [file('failed')] })).toBe('1 passed, 1 failed');
  });
});
