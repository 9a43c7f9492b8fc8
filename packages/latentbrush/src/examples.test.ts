import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as engine from '@latentbrush/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as latentbrush from './index.ts';
import { Api } from './testing/api-examples.ts';
import { writeExampleFiles } from './testing/example-files.ts';
import { runExample } from './testing/run-example.ts';

const api = new Api(
  join(import.meta.dirname, 'index.ts'),
  join(import.meta.dirname, '../../../tsconfig.base.json'),
);
const examples = new Map(
  api.exported.flatMap(({ name, examples: each }) =>
    each.map((code, index) => [index === 0 ? name : `${name} ${index + 1}`, code] as const),
  ),
);

/** An example says so, and why, when it cannot be run here. */
const NOT_RUN = /^\/\/ not run: .{10,}/m;

it('every function and class of the library has an example', () => {
  expect(api.exported.length).toBeGreaterThan(150);
  const without = api.exported.filter((each) => each.examples.length === 0 && !each.isDeprecated);
  expect(without.map(({ name }) => name)).toEqual([]);
});

it('all examples have the types of the library', () => {
  expect(api.typeErrors(examples)).toEqual([]);
}, 60_000);

it('wrong types are found', () => {
  const [error, ...others] = api.typeErrors(new Map([['wrong', 'vae.sheetScale("28");']]));
  expect(error).toMatch(/^example of wrong: .*not assignable.*vae\.sheetScale\("28"\);$/);
  expect(others).toEqual([]);
}, 60_000);

it('the output of an example is compared with its comments', async () => {
  const code =
    'console.log([1, 2]); // [ 1, 3 ]\nfor (const x of [1, 2]) {\n  if (x > 0) console.log(x); // 2\n}';
  expect(await runExample(code, {}, {})).toEqual({ printed: ['[ 1, 2 ]', '2'], expected: ['[ 1, 3 ]', '2'] });
});

describe('examples run', () => {
  const before = process.cwd();
  let folder: string;
  beforeAll(async () => {
    process.chdir((folder = await fs.mkdtemp(join(tmpdir(), 'latentbrush-'))));
    await writeExampleFiles();
  }, 120_000);
  afterAll(async () => {
    process.chdir(before);
    await fs.rm(folder, { recursive: true, force: true });
  });

  it.each([...examples].filter(([, code]) => !NOT_RUN.test(code)))(
    '%s',
    async (_, code) => {
      const modules = { '@latentbrush/engine': engine, 'node:fs/promises': fs };
      const { printed, expected } = await runExample(code, latentbrush, modules);
      expect(printed, code).toEqual(expected);
    },
    60_000,
  );

  it('most of them', () => {
    const left = [...examples].filter(([, code]) => NOT_RUN.test(code));
    expect(left.length).toBeLessThan(examples.size / 10);
  });
});
