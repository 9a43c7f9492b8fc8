import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serve } from '../../../testing/file-server.ts';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { pretrainedWeights } from '../../../pretrained/weights/registry.ts';
import { onnxFile } from '../../../pretrained/weights/testing/onnx-files.ts';
import { call } from '../../testing/call.ts';
import { built, environment, finish, jsonLines, start, type Finished } from '../../testing/program.ts';

/** The program with the current folder as its cache. */
async function models(args: readonly string[], folder?: string): Promise<Finished> {
  const cwd = folder ?? (await temporaryFolder());
  return call(['models', ...args], cwd);
}

describe.skipIf(!built)('latentbrush models (needs the build in dist/)', () => {
  it('alone shows its help', async () => {
    const { code, stdout } = await models([]);
    expect(stdout).toMatch(/list.*info.*fetch.*layers/s);
    expect(code).toBe(0);
  });

  it('list names each network, its terms, and where its weights are', async () => {
    const { code, stdout, stderr } = await models(['list', '--seed', '1']);
    expect(stdout).toMatch(/^name +last layer +licence +weights\n/);
    expect(stdout).toMatch(/^embedded +mixed5 +MIT .* come with this package$/m);
    expect(stdout).toMatch(/^vgg19 +block5_pool +CC BY 4\.0 .* a download of 80\.1 MB$/m);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('list finds weights in the data folder, and reports a damaged file in the cache', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'weights'));
    await writeFile(join(folder, 'weights', pretrainedWeights.vgg16.fileName), 'cut off');
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine', 'vgg19.safetensors'), '');
    const { code, stdout } = await models(['list', '--data-dir', 'mine', '--json'], folder);
    const [embedded, inception, , , vgg16, vgg19] = jsonLines(stdout);
    expect(code).toBe(0);
    expect(embedded).toMatchObject({ type: 'model', name: 'embedded', state: 'embedded' });
    expect(inception).toMatchObject({ name: 'inception_v3', state: 'missing' });
    expect(vgg16).toMatchObject({ state: 'damaged' });
    expect(vgg16?.problem).toMatch(/7 bytes, expected 58889256.*latentbrush models fetch vgg16/);
    const people = await models(['list'], folder);
    expect(people.stdout).toMatch(/^vgg16 .* damaged, see below$/m); // a table stays one
    expect(people.stdout).toMatch(/\n\n\/.*: not the weights of vgg16 \(7 bytes, .*models fetch vgg16\n$/);
    const info = await models(['info', 'vgg16'], folder);
    expect(info.stdout).toMatch(
      /^ {2}weights {3}damaged, see below$[^]*\n\n\/.*: not the weights of vgg16 .*\n$/m,
    );
    expect(vgg19).toMatchObject({ state: 'here', path: join(folder, 'mine', 'vgg19.safetensors') });
  });

  it('info shows the source, the checksum, the paper, and how pictures are preprocessed', async () => {
    const { stdout } = await models(['info', 'vgg19']);
    const { url, md5, paper } = pretrainedWeights.vgg19;
    for (const fact of [url, md5, paper, '[123.68, 116.779, 103.939]', 'BGR']) expect(stdout).toContain(fact);
    const [info] = jsonLines((await models(['info', 'vgg19', '--json'])).stdout);
    expect(info).toMatchObject({ type: 'model', name: 'vgg19', url, md5, layers: 21, end: 'block5_pool' });
  });

  it('info of an .onnx file shows its input and how many layers it has', async () => {
    const folder = await temporaryFolder();
    const nodes = [
      { operator: 'Relu', inputs: ['image'], output: 'first' },
      { operator: 'Neg', inputs: ['first'], output: 'second' },
    ];
    await writeFile(join(folder, 'own.onnx'), onnxFile([], { name: 'image', shape: [1, 3, 32, 32] }, nodes));
    const { code, stdout, stderr } = await models(['info', 'own.onnx'], folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^own\.onnx\n {2}size {6}0\.0 MB\n {2}input {5}image: float32 \[1, 3, 32, 32\]\n/);
    expect(stdout).toMatch(/^ {2}layers {4}2 usable, from first to second$/m);
    const [info] = jsonLines((await models(['info', 'own.onnx', '--json'], folder)).stdout);
    expect(info).toMatchObject({ type: 'model', file: 'own.onnx', layers: 2, end: 'second' });
  });

  it('layers prints the receptive field and the output of each layer', async () => {
    const { stdout } = await models(['layers', 'vgg19', '--size', '160x224']);
    expect(stdout).toMatch(/^block1_conv1 +convolution 3x3 +64 +1 +3 +160x224$/m);
    expect(stdout).toMatch(/^block5_conv1 +convolution 3x3 +512 +16 +\d+ +10x14$/m);
    const lines = jsonLines((await models(['layers', 'embedded', '--json'])).stdout);
    expect(lines.at(-1)).toMatchObject({ type: 'layer', name: 'mixed5', channels: 768, stride: 16 });
    expect(lines.at(-1)).not.toHaveProperty('height');
  });

  it('layers names the layers for which a picture is too small', async () => {
    const lines = jsonLines((await models(['layers', 'inception_v3', '--size', '400x40', '--json'])).stdout);
    expect(lines[0]).toMatchObject({ name: 'conv2d_1', height: 19, width: 199 });
    expect(lines.at(-1)).toMatchObject({ name: 'mixed10', height: null, width: null });
  });

  it('fetch does nothing for the embedded network', async () => {
    const { code, stdout } = await models(['fetch', 'embedded']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'embedded: comes with this package, nothing to fetch\n',
    });
  });

  it('fetch --offline reports a damaged file in the cache, and leaves it', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'weights', pretrainedWeights.inception_v3.fileName);
    await mkdir(join(folder, 'weights'));
    await writeFile(path, 'cut off');
    const { code, stdout, stderr } = await models(['fetch', 'inception_v3', '--offline'], folder);
    expect(stderr).toMatch(
      /^error: inception_v3: the file in the cache, .*, is damaged \(7 bytes, expected \d+\) and downloads are off; .*\n$/,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readFile(path, 'utf8')).toBe('cut off');
  });

  it.each([[], ['--quiet']])(
    'fetch stops on Ctrl-C with 130 and says how to continue %s',
    async (...quiet) => {
      const proxy = await serve(() => undefined);
      const asked = once(proxy.server, 'connect'); // and never answered
      const folder = await temporaryFolder();
      const proxies = { https_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: '', HTTPS_PROXY: undefined };
      const child = start(['models', 'fetch', 'vgg19', ...quiet], folder, environment(folder, proxies));
      const work = finish(child);
      const [request] = (await asked) as [{ url: string }];
      expect(request.url).toBe('storage.googleapis.com:443');
      child.kill('SIGINT');
      const { code, stdout, stderr } = await work;
      expect(stderr).toBe(
        'interrupted; the downloaded part is kept. Continue:  latentbrush models fetch vgg19\n',
      );
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(await readdir(folder, { recursive: true })).not.toContain(
        join('weights', pretrainedWeights.vgg19.fileName),
      );
    },
  );

  it.each([
    ['an unknown name', ['info', 'vgg18'], /backbone "vgg18" does not exist; nearest: vgg1[69]/],
    ['layers of an unknown name', ['layers', 'resnet'], /backbone "resnet" does not exist/],
    [
      'an invalid size',
      ['layers', 'vgg16', '--size', '400'],
      /--size: "400" is not a size; write WIDTHxHEIGHT/,
    ],
    ['a size of zero', ['layers', 'vgg16', '--size', '0x5'], /--size: "0x5" is not/],
    ['no name', ['fetch'], /missing required argument 'name'/],
    ['an unknown subcommand', ['remove', 'vgg16'], /unknown command 'remove'/],
    [
      'fetch offline',
      ['fetch', 'vgg16', '--offline'],
      /vgg16: its weights are not on this machine and downloads are off/,
    ],
  ])('%s ends in one line on standard error and code 2', async (_, args, message) => {
    const { code, stdout, stderr } = await models(args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
