import { expect, it } from 'vitest';
import { lintFiles } from './testing/lint-files.ts';

const refused = [
  "const message = '--seed: 1.5 was given';",
  'const message = `window: give a smaller --window than ${window}`;',
  'const message = words`leave out (--skip-unknown) what is not known`;',
  "const flag = '--spectral-norm';",
];
const accepted = [
  "const message = words`${option('seed')}: 1.5 was given`;",
  "const message = `continue with ${commandLine(['vae', 'train', '--resume', run])}`;",
  "const message = 'a pause -- and a well--known word';",
  'const flag = `--${name}`;',
  "// --seed is a flag\nconst name = 'seed';",
];
const files = Object.fromEntries([...refused, ...accepted].map((code, i) => [`file-${i}.ts`, code]));
const messages = [...lintFiles('no-flags-in-messages', files).values()];

it.each(refused.map((code, i) => [code, messages[i]]))('refuses %s', (_, found) => {
  expect(found).toEqual([expect.stringMatching(/^'--(seed|window|skip-unknown|spectral-norm)' is/)]);
});

it.each(accepted.map((code, i) => [code, messages[refused.length + i]]))('accepts %s', (_, found) => {
  expect(found).toEqual([]);
});
