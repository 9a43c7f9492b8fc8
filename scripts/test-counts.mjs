// Print how many tests passed, failed and were skipped in the last `npm test`, on one line. Failures on only the newest Node count, too.
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The place of vitest's report in `npm test`. */
export const REPORT = '.test-report.json';
/** The place of the report in `scripts/test-newest-node.mjs`. */
export const NEWEST_REPORT = '.test-report-newest.json';

/** @typedef {{ name: string, status: string, assertionResults: { fullName: string, status: string }[] }} File */

/**
 * @param {{ testResults: File[] }} report
 * @param {{ testResults: File[] }} [newest] the report of the same tests on the newest Node
 * @returns {string} for example `12 passed, 0 failed, 1 skipped`; a test passed when it passed wherever it ran
 */
export function countLine(report, newest = { testResults: [] }) {
  const statuses = statusesOf(report);
  for (const [name, status] of statusesOf(newest))
    if (status === 'failed' || !statuses.has(name)) statuses.set(name, status);
  const all = [...statuses.values()];
  const passed = all.filter((status) => status === 'passed').length;
  const failed = all.filter((status) => status === 'failed').length;
  const skipped = all.length - passed - failed;
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * By the names of the tests; two of one name in a file are numbered.
 * @param {{ testResults: File[] }} report
 */
function statusesOf({ testResults }) {
  /** @type {Map<string, string>} */
  const statuses = new Map();
  for (const { name: file, status, assertionResults } of testResults) {
    for (const { fullName, status } of assertionResults) {
      let name = `${file} > ${fullName}`;
      for (let number = 2; statuses.has(name); number++) name = `${file} > ${fullName} (${number})`;
      statuses.set(name, status);
    }
    // A file that does not load has no tests to report, but it is a failure.
    const hasFailed = assertionResults.some((test) => test.status === 'failed');
    if (status === 'failed' && !hasFailed) statuses.set(file, 'failed');
  }
  return statuses;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (existsSync(REPORT)) {
    const read = (/** @type {string} */ path) => JSON.parse(readFileSync(path, 'utf8'));
    console.log(countLine(read(REPORT), existsSync(NEWEST_REPORT) ? read(NEWEST_REPORT) : undefined));
  } else {
    console.error('The unit tests did not run: see the lines above.');
    process.exitCode = 1;
  }
}
