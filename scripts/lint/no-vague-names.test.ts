import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { noVagueNames } from './no-vague-names.mjs';

/** Messages of the rule for an empty file of that name. */
const complaints = (filename: string) =>
  new Linter({ cwd: '/repository' })
    .verify(
      '',
      [
        {
          files: ['**/*'],
          plugins: { latentbrush: { rules: { 'no-vague-names': noVagueNames } } },
          rules: { 'latentbrush/no-vague-names': 'error' },
        },
      ],
      `/repository/${filename}`,
    )
    .map(({ message }) => message);

describe('no-vague-names', () => {
  it.each(['src/utils.js', 'src/helpers/crop.js', 'src/common/index.js', 'src/text/util.test.js'])(
    'refuses %s',
    (filename) => {
      expect(complaints(filename)).toHaveLength(1);
    },
  );

  it.each(['src/crop.js', 'src/commonplace.js', 'src/image/tile.test.js'])('accepts %s', (filename) => {
    expect(complaints(filename)).toEqual([]);
  });
});
