import { Linter } from 'eslint';
import { expect, it } from 'vitest';
import { noFlagsInMessages } from './no-flags-in-messages.mjs';

/** Messages of the rule for some code. */
const complaints = (code: string) =>
  new Linter()
    .verify(code, [
      {
        plugins: { latentbrush: { rules: { 'no-flags-in-messages': noFlagsInMessages } } },
        rules: { 'latentbrush/no-flags-in-messages': 'error' },
      },
    ])
    .map(({ message }) => message);

it.each([
  "const message = '--seed: 1.5 was given';",
  'const message = `window: give a smaller --window than ${window}`;',
  'const message = words`leave out (--skip-unknown) what is not known`;',
  "const flag = '--spectral-norm';",
])('refuses %s', (code) => {
  expect(complaints(code)).toEqual([
    expect.stringMatching(/^'--(seed|window|skip-unknown|spectral-norm)' is/),
  ]);
});

it.each([
  "const message = words`${option('seed')}: 1.5 was given`;",
  "const message = `continue with ${commandLine(['vae', 'train', '--resume', run])}`;",
  "const message = 'a pause -- and a well--known word';",
  'const flag = `--${name}`;',
  "// --seed is a flag\nconst name = 'seed';",
])('accepts %s', (code) => {
  expect(complaints(code)).toEqual([]);
});
