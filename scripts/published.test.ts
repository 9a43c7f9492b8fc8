import { execFile, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as latentbrush from 'latentbrush';
import { installPacked } from './install-packed.mjs';
import { TSC } from './tsc.mjs';

const { data, image } = latentbrush;
const run = promisify(execFile);

/** Namespaces of the library, and the path that each has for itself. */
const namespaces = Object.fromEntries(
  Object.entries(latentbrush)
    .filter(([, value]) => typeof value === 'object')
    .map(([name]) => [name, `latentbrush/${name}`]),
);

const built = existsSync('packages/latentbrush/dist/index.js');

/** Whether an isolated network is possible: on Linux, if users can create namespaces. */
const isolates = spawnSync('unshare', ['--map-root-user', '--net', 'true']).status === 0;

const folder = await realpath(await mkdtemp(join(tmpdir(), 'latentbrush-published-')));
const home = join(folder, 'home');
const counters = join(folder, 'counters.txt');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Runs a Node program of the folder with an empty home, in an isolated network if the system has one.
 * @returns its output, and the number of tries to reach the network: each look-up of a name is one, also by native code
 */
async function node(...args: string[]): Promise<{ stdout: string; stderr: string; tries: number }> {
  // Nothing else of this environment: ONNX Runtime sends nothing when it finds CI, GITHUB_ACTIONS or the like.
  const { PATH, SystemRoot } = process.env;
  const env: NodeJS.ProcessEnv = { PATH, SystemRoot, HOME: home, USERPROFILE: home, LOCALAPPDATA: home };
  const options = { cwd: folder, env };
  if (!isolates) return { ...(await run(process.execPath, args, options)), tries: 0 };
  const script = `"$@"; code=$?; cat /proc/net/snmp /proc/net/snmp6 > '${counters}'; exit $code`;
  const isolated = ['--map-root-user', '--net', 'sh', '-c', script, 'sh', process.execPath, ...args];
  return { ...(await run('unshare', isolated, options)), tries: triesToLeave() };
}

// The kernel counts packets without a route.
function triesToLeave(): number {
  const text = readFileSync(counters, 'utf8');
  const [names = '', values = ''] = text.split('\n').filter((line) => line.startsWith('Ip: '));
  const v4 = Number(values.split(' ')[names.split(' ').indexOf('OutNoRoutes')]);
  const v6 = Number(/^Ip6OutNoRoutes\s+(\d+)$/m.exec(text)?.[1] ?? 0);
  return v4 + v6;
}

/** Runs a command of the installed program, which must not look anything up. */
async function program(...args: string[]): Promise<string> {
  const { stdout, tries } = await node('node_modules/latentbrush/bin/latentbrush.js', ...args);
  expect(tries).toBe(0);
  return stdout;
}

async function example(name: string, ...args: string[]): Promise<string> {
  const { stdout, tries } = await node(name, ...args);
  expect(tries).toBe(0);
  return stdout;
}

// Height, width and the number of distinct values of the picture.
async function readWritten(name: string): Promise<{ height: number; width: number; values: number }> {
  const { height, width, data } = await image.readPicture(join(folder, name));
  return { height, width, values: new Set(data).size };
}

function losses(output: string): number[] {
  return Array.from(output.matchAll(/loss (\d+\.\d+)/g), ([, loss]) => Number(loss));
}

describe.skipIf(!built)(
  'the packed packages, installed without the repository (needs the build in dist/)',
  () => {
    const installed = join(folder, 'node_modules');
    const packages = {
      engine: join(installed, '@latentbrush/engine'),
      latentbrush: join(installed, 'latentbrush'),
    };

    beforeAll(async () => {
      mkdirSync(home);
      installPacked(folder);
      for (const name of readdirSync('examples'))
        if (name.endsWith('.mjs')) copyFileSync(join('examples', name), join(folder, name));
      const town = await data.loadPhotograph('nagasaki-boats');
      await image.writePicture(join(folder, 'town.png'), image.fitWithin(town, 160));
      const flower = await data.loadPhotograph('allium-oreophilum');
      await image.writePicture(join(folder, 'flower.png'), image.fitWithin(flower, 160));
      writeFileSync(join(folder, 'rhyme.txt'), 'the quick brown fox jumps over the lazy dog.\n'.repeat(50));
    }, 180_000);

    describe.each(Object.entries(packages))('%s', (_, path) => {
      const files = () =>
        readdirSync(path, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'));

      it('has a README, a licence, its dependencies and no tests', () => {
        expect(files()).toEqual(
          expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
        );
        expect(
          files().filter((file) => /\.test\.|(^|\/)(testing|oracles)(\/|$)|\.tsbuildinfo/.test(file)),
        ).toEqual([]);
      });

      it('is described in its package.json', () => {
        const said = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Record<string, unknown>;
        expect(said).toMatchObject({ type: 'module', license: 'MIT', engines: { node: '>=20.19' } });
        expect(said.description).toMatch(/.{40,}/);
        expect(said.keywords).toContain('deep learning');
        expect(said).not.toHaveProperty('repository');
      });
    });

    it.each([
      ['in a project with the types of Node', { lib: ['es2023'], types: ['node'] }],
      ['in a project with the types of browsers', { types: [] }],
    ])(
      'has types that compile under strict, without skipLibCheck, %s',
      async (_, options) => {
        const sources = Object.entries(packages).flatMap(([name, path]) => {
          const blocks = readFileSync(join(path, 'README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs);
          return Array.from(blocks, ([, code], index) => {
            const file = `readme-${name}-${index}.ts`;
            writeFileSync(join(folder, file), code!);
            return file;
          });
        });
        const both = Object.entries(namespaces).map(([name, path]) => {
          return `import { ${name} } from 'latentbrush'; import * as own${name} from '${path}'; const both_${name}: typeof ${name} = own${name}; void both_${name};`;
        });
        writeFileSync(join(folder, 'subpaths.ts'), both.join('\n'));
        sources.push('subpaths.ts');
        const compilerOptions = {
          strict: true,
          module: 'nodenext',
          target: 'es2023',
          noEmit: true,
          ...options,
        };
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: sources }));
        const tsc = resolve(TSC);
        const { stdout } = await run(process.execPath, [tsc, '-p', folder], { cwd: folder }).catch(
          (error: unknown) => error as { stdout: string },
        );
        expect(stdout).toBe('');
      },
      60_000,
    );

    it('has a path for each namespace, with the same exports as the main path', async () => {
      const { exports } = JSON.parse(readFileSync(join(packages.latentbrush, 'package.json'), 'utf8')) as {
        exports: Record<string, unknown>;
      };
      // The studio has only its own path: only programs that start it load a server.
      expect(Object.keys(exports).sort()).toEqual(
        ['.', './studio', ...Object.keys(namespaces).map((name) => `./${name}`)].sort(),
      );
      const lines = Object.entries(namespaces).map(
        ([name, path]) => `if (whole.${name} !== await import('${path}')) throw new Error('${name}');`,
      );
      // Only a download loads undici, which has 110 files.
      lines.push(
        `const loaded = Object.keys(createRequire(import.meta.url).cache);`,
        `if (!loaded.some((path) => path.includes('onnxruntime'))) throw new Error('this list has no packages');`,
        `if (loaded.some((path) => path.includes('undici'))) throw new Error('undici is loaded');`,
      );
      const imports = [
        "import { createRequire } from 'node:module';",
        "import * as whole from 'latentbrush';",
      ];
      writeFileSync(
        join(folder, 'subpaths.mjs'),
        [...imports, ...lines, 'console.log(typeof whole.Random);'].join('\n'),
      );
      expect((await node('subpaths.mjs')).stdout).toBe('function\n');
    });

    describe('the program', () => {
      it('has a command of the same name', () => {
        const command = process.platform === 'win32' ? 'latentbrush.cmd' : 'latentbrush';
        expect(existsSync(join(installed, '.bin', command))).toBe(true);
      });

      it('opens the studio: its page, the runtime for browsers, and a job in a separate process', async () => {
        writeFileSync(
          join(folder, 'studio.mjs'),
          `import { startStudio } from 'latentbrush/studio';
          const studio = await startStudio({ folder: 'studio', port: 0, offline: true });
          const entry = await fetch(studio.url, { redirect: 'manual' });
          const cookie = entry.headers.get('set-cookie').split(';')[0];
          const ask = (path, more) => fetch(new URL(path, studio.url), { headers: { cookie }, ...more });
          const page = await (await ask('/')).text();
          const script = await ask(/src="(.*?\\.js)"/.exec(page)[1]);
          const runtime = await ask('/ort/ort-wasm-simd-threaded.wasm');
          const options = { octaves: 1, iterations: 1 };
          const body = JSON.stringify({ job: 'dream.picture', inputs: { picture: { example: 'cat' } }, options });
          const { id } = await (await ask('/api/jobs', { method: 'POST', body })).json();
          const events = await (await ask('/api/jobs/' + id + '/events')).text();
          console.log(script.status, runtime.status, /"state":"done"/.test(events));
          await studio.close();`,
        );
        // Not without a network, as the others: there this machine cannot reach itself either.
        const { stdout } = await run(process.execPath, ['studio.mjs'], { cwd: folder });
        expect(stdout).toBe('200 200 true\n');
      }, 60_000);

      it('uses the models that come with it', async () => {
        const prompt = ['--prompt', 'call me ishmael', '--length', '40', '--stateful'];
        const said = await program('text', 'sample', 'pretrained:moby-dick', ...prompt);
        expect(said).toMatch(/^call me ishmael[\s\S]{40}/);
        await program('vae', 'sample', 'pretrained:faces-vae', '--count', '4', '-o', 'faces.png');
        expect((await readWritten('faces.png')).values).toBeGreaterThan(50);
        expect(await program('remake', 'faces.png', '-o', 'faces-again.png')).toBe('faces-again.png\n');
      }, 60_000);

      it('dreams', async () => {
        await program('dream', 'town.png', '--iterations', '2', '--octaves', '1', '-o', 'dreamed.png');
        expect((await readWritten('dreamed.png')).values).toBeGreaterThan(100);
        expect(await program('remake', 'dreamed.png', '-o', 'again.png')).toBe('again.png\n');
      }, 60_000);

      it('paints, with a pretrained network and with a trained style', async () => {
        const small = ['--height', '96', '--rounds', '1', '--evaluations', '3', '--offline'];
        await program('style', 'town.png', 'flower.png', ...small, '-o', 'painted.png');
        expect(await readWritten('painted.png')).toMatchObject({ height: 96 });
        mkdirSync(join(folder, 'photos'));
        copyFileSync(join(folder, 'town.png'), join(folder, 'photos/town.png'));
        const training = ['--size', '64', '--style-size', '64', '--filters', '4', '--residual-blocks', '1', '--style-layers', 'conv2d_1', '--content-layer', 'conv2d_2', '--batch-size', '1', '--iterations', '1']; // prettier-ignore
        await program('style', 'train', 'flower.png', '--content-dir', 'photos', ...training, '--backbone', 'embedded', '--run', 'runs/style'); // prettier-ignore
        await program('style', 'apply', 'runs/style', 'town.png', '-o', 'applied.png');
        expect((await readWritten('applied.png')).values).toBeGreaterThan(20);
      }, 120_000);

      it('trains on a text and writes', async () => {
        await program('text', 'train', 'rhyme.txt', '--units', '8', '--max-steps', '5', '--run', 'runs/text');
        expect(await program('text', 'sample', 'runs/text', '--length', '30')).toMatch(/[a-z ]{10,}/);
        await program('export', 'runs/text', '-o', 'text.onnx');
        expect(existsSync(join(folder, 'text.onnx'))).toBe(true);
      }, 60_000);

      it('learns a latent space', async () => {
        const small = ['--size', '16', '--filters', '4', '--max-steps', '5', '--samples', '4'];
        await program('vae', 'train', 'emoji:faces', ...small, '--run', 'runs/vae');
        await program('vae', 'grid', 'runs/vae', '-o', 'grid.png');
        expect((await readWritten('grid.png')).values).toBeGreaterThan(3);
      }, 60_000);

      it('trains a GAN, and scores it with the embedded network', async () => {
        const small = [
          '--preset',
          'dcgan',
          '--size',
          '16',
          '--filters',
          '4',
          '--batch-size',
          '4',
          '--iterations',
          '2',
        ];
        await program('gan', 'train', 'emoji:faces', ...small, '--run', 'runs/gan');
        await program('gan', 'sample', 'runs/gan', '-o', 'sheet.png');
        expect((await readWritten('sheet.png')).values).toBeGreaterThan(3);
        expect(await program('gan', 'score', 'runs/gan', '--count', '50')).toMatch(/\d\.\d/);
      }, 120_000);

      it('reads weights in a worker thread', async () => {
        writeFileSync(join(folder, 'vgg19.h5'), Buffer.from('\x89HDF\r\n\x1a\n and no more', 'latin1'));
        const dream = [
          'dream',
          'town.png',
          '--backbone',
          'vgg19',
          '--weights',
          'vgg19.h5',
          '--layers',
          'block3_pool=1',
        ];
        await expect(program(...dream)).rejects.toThrow(/vgg19\.h5: .*damaged/);
      }, 60_000);
    });

    describe('the examples run and write their files', () => {
      it('train-text: the loss falls and a text is written at each temperature', async () => {
        const output = await example('train-text.mjs', '100');
        const [first = 0, last = Infinity] = losses(output);
        expect(last).toBeLessThan(first);
        expect(output.match(/temperature [\d.]+: the whale .{100,}/gs)).not.toBeNull();
      }, 60_000);

      it('dream: the loss grows and the picture is written', async () => {
        const output = await example('dream.mjs', '160', '10');
        const [early = Infinity, late = 0] = losses(output); // both of the first octave
        expect(late).toBeGreaterThan(early);
        expect((await readWritten('dream.png')).values).toBeGreaterThan(100);
        expect(Math.max(...Object.values(await readWritten('dream.png')).slice(0, 2))).toBe(160);
      }, 60_000);

      it('style: the loss falls and the picture is written', async () => {
        const output = await example('style.mjs', '96', '2');
        const found = losses(output);
        expect(found.at(-1)).toBeLessThan(found[0]!);
        expect(await readWritten('painting.png')).toMatchObject({ height: 96 });
      }, 60_000);

      it('vae: the loss falls, and a face is bent in six steps', async () => {
        const output = await example('vae.mjs', '2');
        const [first = 0, last = Infinity] = losses(output);
        expect(last).toBeLessThan(first);
        expect(output).toMatch(/is right about \d+ % of faces/);
        expect((await readWritten('smile.png')).values).toBeGreaterThan(50);
      }, 60_000);

      it('gan: both networks are trained and pictures are drawn', async () => {
        const output = await example('gan.mjs', '10');
        expect(output).toMatch(/^10 {2}discriminator loss \d\.\d+ {2}generator loss -?\d\.\d+$/m);
        expect((await readWritten('generated.png')).values).toBeGreaterThan(3);
      }, 60_000);

      it('engine-from-scratch: the network answers exclusive or', async () => {
        const output = await example('engine-from-scratch.mjs');
        expect(losses(output).at(-1)).toBeLessThan(0.05);
        const answers = Array.from(output.matchAll(/= (\d\.\d+)/g), ([, p]) => Math.round(Number(p)));
        expect(answers).toEqual([0, 1, 1, 0]);
      });
    });

    it('wrote nothing into the home folder except emoji in its cache', () => {
      const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isFile(),
      );
      const others = files.filter(({ parentPath }) => !/latentbrush.*emoji$/.test(parentPath));
      expect(others.map(({ name }) => name)).toEqual([]);
    });

    it.skipIf(!isolates)('looked up no host name; the test would see that of native code, too', async () => {
      writeFileSync(
        join(folder, 'look-up.mjs'),
        `import dns from 'node:dns'; dns.lookup('example.org', () => {});`,
      );
      expect((await node('look-up.mjs')).tries).toBeGreaterThan(0);
    });
  },
);
