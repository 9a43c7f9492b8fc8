// Print how many tests passed, failed and were skipped in the last `npm test`, on one line.
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** Where `npm test` puts vitest's report. */
export const REPORT = '.test-report.json';

/**
 * @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {string} for example `12 passed, 0 failed, 1 skipped`
 */
export function countLine({ testResults }) {
  const statuses = testResults.flatMap(({ status, assertionResults }) => {
    const tests = assertionResults.map((test) => test.status);
    // A file that does not load has no tests to report, and is a failure all the same.
    return status === 'failed' && !tests.includes('failed') ? [...tests, 'failed'] : tests;
  });
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  const skipped = statuses.length - passed - failed;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (existsSync(REPORT)) {
    console.log(countLine(JSON.parse(readFileSync(REPORT, 'utf8'))));
  } else {
    console.error('The unit tests did not run: see the lines above.');
    process.exitCode = 1;
  }
}
