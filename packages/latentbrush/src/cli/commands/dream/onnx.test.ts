import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as op from '@latentbrush/engine';
import { type Tensor } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { readPicture, readRecipe, type Picture } from '../../../image/index.ts';
import { onnxFile } from '../../../pretrained/weights/testing/onnx-files.ts';
import { compare } from '../remake/compare.ts';
import { call } from '../../testing/call.ts';
import { folderOfPictures, pattern } from '../../testing/pictures.ts';
import { built, environment, program } from '../../testing/program.ts';
import { refusal } from '../../testing/refusal.ts';
import { dream, dreamed, folderWithPhoto, own, ownNetwork, photo, quick } from './testing/dreams.ts';

/** Names as tf2onnx writes them, each with `:0` at its end. */
const tensorflowNetwork = fileURLToPath(
  new URL('../../../pretrained/backbones/testing/tf2onnx-names.onnx', import.meta.url),
);

describe('latentbrush dream with an ONNX file', () => {
  it('excites the outputs of its nodes, and records its file in the recipe', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    const picture = await dreamed(own, folder);
    expect(compare(picture, photo)).toBeGreaterThan(0.5);
    const other = await dreamed([...own, '--preprocessing', 'none'], folder, 'other.png');
    expect(compare(picture, other)).toBeGreaterThan(0);
    expect((await readRecipe(join(folder, 'out.png')))?.options.roles).toEqual({ picture: [0], backbone: [1] }); // prettier-ignore
  });

  it('--explore draws from its own layers', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    const args = [
      'photo.png',
      '--backbone',
      'own.onnx',
      '--explore',
      '2',
      '--octaves',
      '1',
      '--iterations',
      '1',
    ];
    const { code, stdout } = await dream(args, folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^photo-explore\.png\n {2}1: .* --layers (features|Conv_1)=.*\n {2}2: /);
  });

  it('finds a layer by its exact name before it reads a number at its end as a channel', async () => {
    const folder = await folderWithPhoto();
    await copyFile(tensorflowNetwork, join(folder, 'tf.onnx'));
    const layer = 'StatefulPartitionedCall/model/conv2/Relu:0';
    const excite = (layers: string, file: string): Promise<Picture> =>
      dreamed([...quick, '--backbone', 'tf.onnx', '--layers', layers], folder, file);
    const whole = await excite(`${layer}=1`, 'whole.png');
    expect(compare(await excite(`"${layer}"=1`, 'quoted.png'), whole)).toBe(0);
    expect(compare(await excite(`${layer}:3=1`, 'channel.png'), whole)).toBeGreaterThan(0);
    expect(compare(await excite(`"${layer}":3`, 'quoted-channel.png'), whole)).toBeGreaterThan(0);
    const args = ['style', 'photo.png', 'photo.png', '--backbone', 'tf.onnx', '--rounds', '1', '--evaluations', '2', '--height', '64', '--no-save-rounds', '--style-layers', `"${layer}"`, '--content-layer', layer]; // prettier-ignore
    expect(await call(args, folder)).toMatchObject({ code: 0 });
  });

  // The layer x, and a layer whose name looks like its first channel.
  const pairNetwork = (second = 'x:0'): Uint8Array =>
    onnxFile([], { name: 'image', shape: [1, 3, 64, 64] }, [
      { operator: 'Relu', inputs: ['image'], output: 'x' },
      { operator: 'Sin', inputs: ['image'], output: second },
    ]);

  it('reads a name in quotes exactly: "x":0 is channel 0 of x though there is a layer x:0', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'pair.onnx'), pairNetwork());
    await writeFile(join(folder, 'one.onnx'), pairNetwork('other'));
    const excite = (layers: string, file: string, backbone = 'pair.onnx'): Promise<Picture> =>
      dreamed([...quick, '--backbone', backbone, '--layers', layers], folder, file);
    const channel = await excite('"x":0=1', 'channel.png');
    expect(compare(channel, await excite('x:0=1', 'one.png', 'one.onnx'))).toBe(0);
    expect(compare(channel, await excite('x=1', 'x.png'))).toBeGreaterThan(0);
    const layer = await excite('x:0=1', 'layer.png');
    expect(compare(channel, layer)).toBeGreaterThan(0);
    expect(compare(await excite('"x:0"=1', 'quoted.png'), layer)).toBe(0);
    expect(compare(await excite('"x":0=1,x:0=1', 'both.png'), channel)).toBeGreaterThan(0);
    expect(await call(['remake', 'channel.png'], folder)).toMatchObject({ code: 0 });
  });

  // Two layers whose names contain all special characters.
  const oddNetwork = (): Uint8Array =>
    onnxFile([], { name: 'image', shape: [1, 3, 64, 64] }, [
      { operator: 'Relu', inputs: ['image'], output: `a, b=c $HOME "it's":0` },
      { operator: 'Sigmoid', inputs: ['image'], output: 'say "x" `y`:7' },
    ]);

  it.skipIf(!built || process.platform === 'win32')(
    '--explore prints commands that a shell runs unchanged (needs a build; not on Windows)',
    async () => {
      const folder = await folderOfPictures({ "it's a photo.png": photo });
      await writeFile(join(folder, 'odd.onnx'), oddNetwork());
      await copyFile(tensorflowNetwork, join(folder, 'tf.onnx'));
      const shim = `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`;
      await mkdir(join(folder, 'bin'));
      await writeFile(join(folder, 'bin', 'latentbrush'), shim, { mode: 0o755 });
      const env = { ...environment(folder), PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}` };
      await writeFile(join(folder, 'pair.onnx'), pairNetwork());
      for (const [backbone, more, printed] of [
        ['odd.onnx', [], '--layers'],
        ['tf.onnx', [], '--layers'],
        ['pair.onnx', [], `--layers '"x:0"=`],
        ['pair.onnx', ['--layers', '"x":0'], `--layers '"x":0=`],
      ] as const) {
        const flags = [
          ...more,
          '--backbone',
          backbone,
          '--octaves',
          '1',
          '--iterations',
          '1',
          '--threads',
          '1',
        ];
        const { stdout } = await dream(["it's a photo.png", '--explore', '2', ...flags], folder);
        const [, ...lines] = stdout.trimEnd().split('\n');
        expect(lines).toHaveLength(2);
        for (const line of lines) {
          const command = line.replace(/^ +\d+: /, '');
          expect(command).toMatch(/^latentbrush dream /);
          expect(command).toContain(printed);
          const said = execFileSync('/bin/sh', ['-c', command], { cwd: folder, env, stdio: 'pipe' });
          expect(said.toString()).toBe("it's a photo-dream.png\n");
        }
      }
    },
    60_000,
  );

  it('--explore leaves out a layer that fails and says why', async () => {
    const folder = await folderWithPhoto();
    const nodes = [
      { operator: 'Relu', inputs: ['image'], output: 'first' },
      { operator: 'Sigmoid', inputs: ['first'], output: 'second' },
      { operator: 'Log', inputs: ['first'], output: 'broken' }, // of 0
    ];
    await writeFile(join(folder, 'own.onnx'), onnxFile([], { name: 'image', shape: [1, 3, 64, 64] }, nodes));
    const args = ['photo.png', '--backbone', 'own.onnx', '--layers', 'second,broken', '--explore', '3', '--octaves', '1', '--iterations', '1', '--threads', '1']; // prettier-ignore
    const { code, stdout, stderr } = await dream(args, folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^broken is left out: dream: the values of own\.onnx are not finite/m);
    expect(stdout.match(/--layers second=/g)).toHaveLength(3);
  });

  it('without usable layers says why, also for --explore', async () => {
    const folder = await folderWithPhoto();
    const nodes = [{ operator: 'QMystery', inputs: ['image'], output: 'y' }];
    await writeFile(join(folder, 'own.onnx'), onnxFile([], { name: 'image', shape: [1, 3, 64, 64] }, nodes));
    const reason = /own\.onnx has no layers that can be used; the first that fails, "y": .*operator QMystery/;
    for (const flags of [[], ['--explore', '2']])
      expect(await refusal(['dream', 'photo.png', '--backbone', 'own.onnx', ...flags], folder)).toMatch(
        reason,
      );
    expect(await refusal(['models', 'layers', 'own.onnx'], folder)).toMatch(reason);
  });

  const sequences = 'torch-bidirectional-20.onnx'; // exported by PyTorch: see the engine's tests
  const text = onnxFile([], { name: 'text', shape: [1, 20] }, [
    { operator: 'Relu', inputs: ['text'], output: 'y' },
  ]);
  const table = onnxFile(
    [{ name: 't', shape: [1, 3, 2, 2], data: Array.from({ length: 12 }, () => 1) }],
    { name: 'image', shape: [1, 3, 64, 64] },
    [{ operator: 'Relu', inputs: ['t'], output: 'y' }],
  );

  it.each<[string, string, Uint8Array | undefined, RegExp]>([
    ['is a sequence', sequences, undefined, /of its 13 values .* none is a feature map, float32 \[1, channels, height, width\] .*; the last, "result": it is float32 \[1, 6, 8\]/], // prettier-ignore
    ['has a text as input', 'text.onnx', text, /text\.onnx: the input "text" of the model is float32 \[1, 20\]; a picture, float32 \[1, 3, height, width\] or .*, is needed/], // prettier-ignore
    ['sees no picture', 'table.onnx', table, /table\.onnx has no layers that can be used: of its 1 value none depends on the picture/], // prettier-ignore
  ])('--explore of a network that %s says why it has no layers', async (_, name, bytes, reason) => {
    const folder = await folderWithPhoto();
    const tested = new URL(`../../../../../engine/src/onnx/read/testing/${name}`, import.meta.url);
    await writeFile(join(folder, name), bytes ?? (await readFile(tested)));
    const said = await refusal(['dream', 'photo.png', '--backbone', name, '--explore', '2'], folder);
    expect(said).toMatch(reason);
    expect(said).not.toContain('--layers');
  });

  it.each([
    [
      'of which nothing is left',
      '9',
      /photo\.png: octave 1 is 7x6; features needs at least 12x12 \(--octaves 7 fits\)/,
    ],
    [
      'that its window does not fit in',
      '15',
      /photo\.png: octave 1 is 1x1; features needs at least 12x12 \(--octaves 7 fits\)/,
    ],
  ])('names the size that an octave %s needs', async (_, octaves, message) => {
    const folder = await folderWithPhoto();
    const file = ownNetwork((features) => op.averagePool(features, { poolSize: 2, strides: 1 }));
    await writeFile(join(folder, 'own.onnx'), file);
    expect(await refusal(['dream', 'photo.png', ...own, '--octaves', octaves], folder)).toMatch(message);
  });

  it('says so when its values are NaN', async () => {
    const folder = await folderWithPhoto();
    await writeFile(
      join(folder, 'own.onnx'),
      ownNetwork((features) => op.mul(features, Number.NaN)),
    );
    expect(await refusal(['dream', 'photo.png', ...own], folder)).toMatch(
      /dream: the values of own\.onnx are not finite at the picture itself \(features\): its weights contain NaN/,
    );
  });

  it.each([
    ['a picture', []],
    ['an animation', ['--frames', '2']],
    ['an exploration', ['--explore', '2']],
  ])(
    'says in a line when nothing in %s excites the layers and the picture is unchanged',
    async (_, flags) => {
      const folder = await folderWithPhoto();
      await writeFile(
        join(folder, 'own.onnx'),
        ownNetwork((features) => op.mul(features, 0)),
      );
      const { code, stderr } = await dream(['photo.png', ...own, ...flags], folder);
      expect(code).toBe(0);
      expect(stderr.trimEnd().split('\n').at(-1)).toBe(
        'nothing changed: the gradient is 0 everywhere in the picture; choose other --layers, or another network',
      );
      expect(await dream(['photo.png', ...own, ...flags, '--quiet'], folder)).toMatchObject({ stderr: '' });
    },
  );

  it('says in a line when the loss exceeds its limit from the start', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    const { code, stderr } = await dream(['photo.png', ...own, '--max-loss', '1e-9'], folder);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'nothing changed: the loss exceeds --max-loss from the start; raise it, or lower the coefficients of --layers\n',
    });
  });

  it('names an operator that it does not know', async () => {
    const folder = await folderWithPhoto();
    const nodes = [
      { operator: 'Relu', inputs: ['image'], output: 'good' },
      { operator: 'Mystery', inputs: ['good'], output: 'features' },
    ];
    await writeFile(join(folder, 'own.onnx'), onnxFile([], { name: 'image', shape: [1, 3, 64, 64] }, nodes));
    expect(await refusal(['dream', 'photo.png', ...own], folder)).toMatch(
      /layer "features" of own\.onnx cannot be used: .*operator Mystery, which the engine does not have/,
    );
  });

  it('names an operator without a gradient rule', async () => {
    const folder = await folderOfPictures({ 'photo.png': pattern(64, 64) });
    const place = op.constant(op.zeros([1, 1, 1, 1], 'int64'));
    const factor = op.constant(op.zeros([1, 1, 1, 1], 'float32'));
    const multiplied = (features: Tensor): Tensor => op.scatterElements(features, place, factor, 0, 'mul');
    await writeFile(join(folder, 'own.onnx'), ownNetwork(multiplied));
    expect(await refusal(['dream', 'photo.png', ...own], folder)).toMatch(
      /operator ScatterElements with reduction "mul" has no gradient rule/,
    );
  });

  it('without --layers, or with a layer that it lacks, says which it has', async () => {
    const folder = await folderWithPhoto();
    await writeFile(join(folder, 'own.onnx'), ownNetwork());
    expect(await refusal(['dream', 'photo.png', '--backbone', 'own.onnx'], folder)).toMatch(
      /--layers: the book's layers are not in own\.onnx; choose some of its layers, such as features \(/,
    );
    await writeFile(join(folder, 'pair.onnx'), pairNetwork());
    expect(await refusal(['dream', 'photo.png', '--backbone', 'pair.onnx'], folder)).toMatch(
      /choose some of its layers, such as "x:0" \(/,
    );
    expect(await refusal(['dream', 'photo.png', ...own, '--layers', 'feature=1'], folder)).toMatch(
      /layer "feature" does not exist in own\.onnx; nearest: features, Conv_1; latentbrush models layers own\.onnx/,
    );
  });
});

describe('a network that PyTorch exported for pictures of 16x16', () => {
  it.each([18, 20, 23])(
    'dreams on a picture of another size in squares, and says so (opset %i)',
    async (opset) => {
      const folder = await folderWithPhoto();
      const exported = new URL(
        `../../../../../engine/src/onnx/read/testing/torch-one-size-${opset}.onnx`,
        import.meta.url,
      );
      await copyFile(exported, join(folder, 'vit.onnx'));
      const shared = ['photo.png', '--backbone', 'vit.onnx', '--iterations', '2', '--octaves', '2'];
      const { code, stderr } = await dream([...shared, '--layers', 'result=1', '-o', 'out.png'], folder);
      expect(stderr).toMatch(
        /vit\.onnx was exported for pictures of 16x16 and does not compute other sizes: it dreams in squares of that size/,
      );
      expect(code).toBe(0);
      expect(compare(await readPicture(join(folder, 'out.png')), photo)).toBeGreaterThan(0.1);
      const explored = await dream([...shared, '--explore', '2'], folder);
      expect(explored.stdout).toMatch(/^photo-explore\.png\n {2}1: .* --layers /);
      expect(explored.stderr.match(/in squares of that size/g)).toHaveLength(1);
    },
  );
});
