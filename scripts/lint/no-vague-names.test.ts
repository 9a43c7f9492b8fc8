import { describe, expect, it } from 'vitest';
import { lintFiles } from './testing/lint-files.ts';

const refused = ['src/utils.ts', 'src/helpers/crop.ts', 'src/common/index.ts', 'src/text/util.test.ts'];
const accepted = ['src/crop.ts', 'src/commonplace.ts', 'src/image/tile.test.ts'];
const files = Object.fromEntries([...refused, ...accepted].map((path) => [path, 'export const a = 1;']));
const messages = lintFiles('no-vague-names', files);

describe('no-vague-names', () => {
  it.each(refused)('refuses %s', (path) => {
    expect(messages.get(path)).toHaveLength(1);
  });

  it.each(accepted)('accepts %s', (path) => {
    expect(messages.get(path)).toEqual([]);
  });
});
