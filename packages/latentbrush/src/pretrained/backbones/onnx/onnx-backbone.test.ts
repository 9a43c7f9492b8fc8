import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as op from '@latentbrush/engine';
import { InputError, Random, type Tensor } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../testing/temporary-folder.ts';
import { onnxFile } from '../../weights/testing/onnx-files.ts';
import type { Backbone } from '../backbone.ts';
import { loadBackbone } from '../load-backbone.ts';
import { onnxBackbone } from './onnx-backbone.ts';
import { PixelObjective } from '../pixel-objective.ts';
import { preprocessings, type PreprocessingName } from '../preprocessing.ts';

/** Networks exported by PyTorch, with their outputs: see the engine's tests. */
const exported = (name: string): string =>
  fileURLToPath(new URL(`../../../../../engine/src/onnx/read/testing/${name}.onnx`, import.meta.url));

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'own.onnx');
  await writeFile(path, bytes);
  return path;
}

/** Writes a computation on a picture as an ONNX file. The outputs keep their names. */
async function fileFrom(
  shape: readonly number[],
  build: (picture: Tensor) => Readonly<Record<string, Tensor>>,
): Promise<string> {
  return fileOf(op.encodeOnnx(new op.Graph(build(op.input('image', shape)))));
}

const kernel = op.float32(new Float32Array(5 * 3 * 3 * 3), [5, 3, 3, 3]);
new Random(2).fillUniform(kernel.data, -1, 1);

/** A convolution and a ReLU of a picture with channels first. */
function features(picture: Tensor): Tensor {
  return op.relu(op.conv2d(picture, op.constant(kernel), { strides: 2, padding: 'same' }));
}

const channelsFirst = (): Promise<string> =>
  fileFrom([1, 3, 16, 16], (image) => ({ features: features(image) }));

/** As in exports of TensorFlow: channels last outside, first inside, last again at the end. */
const channelsLast = (height = 16, width = 16): Promise<string> =>
  fileFrom([1, height, width, 3], (image) => {
    const inside = features(op.transpose(image, [0, 3, 1, 2]));
    return { inside, 'model/Relu:0': op.transpose(inside, [0, 2, 3, 1]) };
  });

const pixels = op.float32(new Float32Array(3 * 12 * 10), [1, 3, 12, 10]);
new Random(4).fillUniform(pixels.data, 0, 255);

async function look(backbone: Backbone, layer: string): Promise<op.NDArray> {
  const values = backbone.activations(op.input('x', pixels.shape), [layer]).get(layer)!;
  const session = await op.compile({ values }, { threads: 1 });
  const result = await session.run({ x: pixels });
  await session.release();
  return result.values;
}

describe('an ONNX file as a backbone', () => {
  it('has the outputs of its nodes as layers: channels, stride, operator', async () => {
    const backbone = await onnxBackbone(exported('residual-open-13'));
    expect(backbone.name).toBe('residual-open-13.onnx');
    expect(backbone.origin).toBe(exported('residual-open-13'));
    const convolutions = backbone.layers.filter(({ kind }) => kind === 'Conv');
    expect(convolutions.map(({ channels, stride }) => [channels, stride])).toEqual([
      [6, 2],
      [6, 4],
    ]);
    // The classifier is no picture: values after the global pool are left out.
    expect(backbone.layers.map(({ kind }) => kind)).not.toContain('Gemm');
    expect(backbone.layers.map(({ kind }) => kind)).not.toContain('GlobalAveragePool');
  });

  it('computes at other sizes than it was exported for', async () => {
    const backbone = await onnxBackbone(await channelsFirst(), 'none');
    const { data, shape } = await look(backbone, 'features');
    expect(shape).toEqual([1, 5, 6, 5]);
    const session = await op.compile({ y: features(op.input('x', pixels.shape)) }, { threads: 1 });
    expect(data).toEqual((await session.run({ x: pixels })).y.data);
    await session.release();
  });

  it('with channels last gives the same values, with channels first', async () => {
    const [first, last] = [
      await onnxBackbone(await channelsFirst()),
      await onnxBackbone(await channelsLast()),
    ];
    expect(last.layerNamed('model/Relu:0')).toMatchObject({ channels: 5, stride: 2 });
    expect(last.layerNamed('inside')).toMatchObject({ channels: 5, stride: 2 });
    const expected = await look(first, 'features');
    expect(await look(last, 'model/Relu:0')).toEqual(expected);
    expect(await look(last, 'inside')).toEqual(expected);
  });

  it('is described correctly when it was exported for a picture that is not square', async () => {
    const backbone = await onnxBackbone(await channelsLast(20, 16));
    expect(backbone.layerNamed('model/Relu:0')).toMatchObject({ channels: 5, stride: 2 });
    expect((await look(backbone, 'model/Relu:0')).shape).toEqual([1, 5, 6, 5]);
  });

  it.each(Object.keys(preprocessings) as PreprocessingName[])(
    'preprocesses pictures as given: %s',
    async (name) => {
      const { mean, scale, bgr } = preprocessings[name];
      const area = 12 * 10;
      const prepared = pixels.data.map((_, i) => {
        const channel = Math.floor(i / area);
        const from = bgr ? 2 - channel : channel;
        return (pixels.data[from * area + (i % area)]! - mean[from]!) / scale[from]!;
      });
      const session = await op.compile({ y: features(op.input('x', pixels.shape)) }, { threads: 1 });
      const { y } = await session.run({ x: op.float32(prepared, pixels.shape) });
      await session.release();
      const found = await look(await onnxBackbone(await channelsFirst(), name), 'features');
      const largest = Math.max(...(y.data as Float32Array));
      (found.data as Float32Array).forEach((value, i) =>
        expect(Math.abs(value - Number(y.data[i]))).toBeLessThan(1e-5 * largest),
      );
    },
  );

  it('preprocesses them like torchvision by default', async () => {
    const path = await channelsFirst();
    const byDefault = await look(await onnxBackbone(path), 'features');
    expect(byDefault).toEqual(await look(await onnxBackbone(path, 'imagenet'), 'features'));
    expect(byDefault).not.toEqual(await look(await onnxBackbone(path, 'unit'), 'features'));
  });

  it.each(['residual-9', 'inception-17', 'mobile-14', 'shuffle-11', 'decoder-17'])(
    'has gradients from every layer to the pixels: %s',
    async (name) => {
      const backbone = await onnxBackbone(exported(name));
      expect(backbone.layers.length).toBeGreaterThan(2);
      const shape = [1, 3, 24, 24];
      const objective = await PixelObjective.compile(shape, (x) => {
        const seen = backbone.activations(
          x,
          backbone.layers.map((layer) => layer.name),
        );
        return Object.fromEntries(
          [...seen].map(([layer, values]) => [layer, op.reduceSum(op.square(values))]),
        );
      });
      const picture = new Float32Array(3 * 24 * 24);
      new Random(1).fillUniform(picture, 0, 255);
      const { terms, gradient } = await objective.evaluate(picture);
      await objective.release();
      expect(Object.values(terms).every(Number.isFinite)).toBe(true);
      expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0);
    },
  );
});

describe('layers of an ONNX file', () => {
  it('are also found by the name of their node, as in PyTorch', async () => {
    const backbone = await onnxBackbone(exported('residual-open-13'));
    expect(backbone.layerNamed('/stem/Conv').name).toBe('/stem/Conv_output_0');
    expect(backbone.layerNamed('/stem/Conv_output_0').name).toBe('/stem/Conv_output_0');
  });

  it('that fit only the exported size give an error with both sizes', async () => {
    const backbone = await onnxBackbone(exported('responses-9'));
    const last = backbone.layers.at(-1)!.name;
    const seenAt = (height: number, width: number): readonly number[] | undefined =>
      backbone.activations(op.input('x', [1, 3, height, width]), [last]).get(last)?.shape;
    expect(seenAt(12, 12)).toHaveLength(4);
    expect(() => seenAt(24, 20)).toThrow(InputError);
    expect(() => seenAt(24, 20)).toThrow(
      /does not fit its inputs: .*; the picture has 20x24 pixels, while the file was exported for 12x12$/,
    );
  });

  it('that do not exist give an error with the nearest names, and the command that lists all', async () => {
    const path = await channelsLast();
    const work = loadBackbone(path, { layers: ['model/Relu'] });
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(
      `layer "model/Relu" does not exist in own.onnx; nearest: model/Relu:0, `,
    );
    await expect(work).rejects.toThrow(`latentbrush models layers ${path} lists them`);
  });

  it('that need an unsupported operator are left out, and asking for one gives the reason', async () => {
    const path = await fileOf(
      onnxFile([], { name: 'image', shape: [1, 3, 8, 8] }, [
        { operator: 'Relu', inputs: ['image'], output: 'good' },
        { operator: 'Mystery', inputs: ['good'], output: 'odd' },
        { operator: 'Relu', inputs: ['odd'], output: 'beyond' },
        { operator: 'Shape', inputs: ['good'], output: 'size' },
      ]),
    );
    const backbone = await onnxBackbone(path);
    expect(backbone.layers).toEqual([
      { name: 'good', kind: 'Relu', channels: 3, stride: 1, receptiveField: undefined },
    ]);
    for (const layer of ['odd', 'beyond']) {
      expect(() => backbone.layerNamed(layer)).toThrow(InputError);
      expect(() => backbone.layerNamed(layer)).toThrow(
        new RegExp(
          `^layer "${layer}" of own.onnx cannot be used: .*uses operator Mystery, which the engine does not have$`,
        ),
      );
    }
    expect(() => backbone.layerNamed('size')).toThrow(
      'layer "size" of own.onnx cannot be used: it is int64 [4], not a feature map',
    );
  });

  it('are pictures, not tokens, weights or single points, and errors say so', async () => {
    const image = op.input('image', [1, 3, 16, 16]);
    const weights = op.mul(op.constant(op.float32(new Float32Array(5 * 3 * 9).fill(0.1), [5, 3, 3, 3])), 2);
    const features = op.conv2d(image, weights, { padding: 'same' });
    const outputs = {
      features,
      weights,
      tokens: op.reshape(features, [1, 5, 256]),
      line: op.reshape(features, [1, 5, 256, 1]),
      heads: op.reshape(features, [1, 5, 64, 4]),
      point: op.reduceMean(features, [2, 3], { keepDims: true }),
    };
    const backbone = await onnxBackbone(await fileOf(op.encodeOnnx(new op.Graph(outputs))));
    expect(backbone.layers.map(({ name }) => name)).toEqual(['features']);
    for (const [name, { shape }] of Object.entries(outputs).slice(1)) {
      const named = (): unknown => backbone.layerNamed(name);
      expect(named).toThrow(InputError);
      expect(named).toThrow(`layer "${name}" of own.onnx cannot be used: it is float32 [${shape.join(', ')}], not a feature map`); // prettier-ignore
    }
  });

  it('depend on the picture: tables that no pixel reaches are not listed, and errors say so', async () => {
    const table = op.float32(new Float32Array(5 * 8 * 8).fill(1), [1, 5, 8, 8]);
    const path = await fileFrom([1, 3, 16, 16], (image) => {
      const squared = op.square(op.constant(table));
      return { seen: op.mul(features(image), squared), squared };
    });
    const { layers, layerNamed } = await onnxBackbone(path);
    expect(layers.map(({ name }) => name)).toContain('seen');
    expect(layers.map(({ name }) => name)).not.toContain('squared');
    expect(() => layerNamed('squared')).toThrow(
      'layer "squared" of own.onnx cannot be used: it does not depend on the picture',
    );
  });

  it('of a network without layers give an error that says why', async () => {
    const picture = { name: 'image', shape: [1, 3, 64, 64] };
    const nodes = [{ operator: 'QMystery', inputs: ['image'], output: 'y' }];
    const { layers, layerNamed } = await onnxBackbone(await fileOf(onnxFile([], picture, nodes)));
    expect(layers).toEqual([]);
    expect(() => layerNamed('z')).toThrow(
      /^own\.onnx has no layers that can be used; the first that fails, "y": .*QMystery/,
    );
  });

  it('of a file for one oblong size are those of that size', async () => {
    const path = await fileFrom([1, 3, 12, 16], (image) => {
      const seen = features(image); // [1, 5, 6, 8]
      const joined = op.reshape(op.reshape(seen, [1, 5, 48]), [1, 5, 6, 8]);
      return { seen, joined, turned: op.transpose(joined, [0, 2, 3, 1]) };
    });
    const backbone = await onnxBackbone(path);
    for (const name of ['seen', 'joined', 'turned'])
      expect(backbone.layerNamed(name)).toMatchObject({ channels: 5, stride: 2 });
    const pixels = op.input('pixels', [1, 3, 12, 16]);
    expect(backbone.activations(pixels, ['turned']).get('turned')!.shape).toEqual([1, 5, 6, 8]);
  });

  it.each(['torch-bidirectional-18', 'torch-bidirectional-20', 'torch-bidirectional-23'])(
    'do not exist in %s, a network of sequences, and the error names its values',
    async (name) => {
      const { layers, layerNamed } = await onnxBackbone(exported(name));
      expect(layers).toEqual([]);
      expect(() => layerNamed('z')).toThrow(InputError);
      expect(() => layerNamed('z')).toThrow(
        `${name}.onnx has no layers that can be used: of its 13 values that depend on the picture none is a feature map, float32 [1, channels, height, width] in proportion to the picture; the last, "result": it is float32 [1, 6, 8], not a feature map`,
      );
    },
  );

  it('do not exist where nothing depends on the picture, and the error says so', async () => {
    const tables = [
      { name: 't', shape: [1, 3, 8, 8], data: Array.from({ length: 192 }, () => 1) },
      { name: 'u', shape: [2], data: [1, 2] },
    ];
    const nodes = [
      { operator: 'Relu', inputs: ['t'], output: 'y' },
      { operator: 'Relu', inputs: ['u'], output: 'z' },
    ];
    const path = await fileOf(onnxFile(tables, { name: 'image', shape: [1, 3, 8, 8] }, nodes));
    const { layerNamed } = await onnxBackbone(path);
    expect(() => layerNamed('x')).toThrow(
      /^own\.onnx has no layers that can be used: of its 2 values none depends on the picture$/,
    );
    expect(() => layerNamed('z')).toThrow(
      'it is float32 [2], not a feature map, and does not depend on the picture',
    );
  });

  it('after an operator without a gradient give an error that names it in a dream', async () => {
    const path = await fileFrom([1, 3, 16, 16], (image) => {
      const places = op.constant(op.int64([0, 0, 0, 0], [1, 1, 2, 2]));
      const least = op.constant(op.zeros([1, 1, 2, 2], 'float32'));
      return { largest: op.mul(op.scatterElements(image, places, least, 0, 'max'), 2) };
    });
    const backbone = await onnxBackbone(path);
    const work = PixelObjective.compile([1, 3, 16, 16], (x) => ({
      sum: op.reduceSum(backbone.activations(x, ['largest']).get('largest')!),
    }));
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(
      /^network: .*operator ScatterElements with reduction "max" has no gradient rule/,
    );
  });
});

describe('files without an image network are refused in one line that names them', () => {
  async function refusal(path: string): Promise<string> {
    const error: unknown = await onnxBackbone(path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message).toContain(path);
    expect(message).not.toContain('\n');
    return message;
  }

  it('a missing file', async () => {
    expect(await refusal(join(await temporaryFolder(), 'none.onnx'))).toMatch(/no such file/);
  });

  it('a file that is not ONNX', async () => {
    expect(await refusal(await fileOf(new TextEncoder().encode('{"not": "a model"}')))).toMatch(/ONNX/);
    expect(await refusal(await fileOf(new Uint8Array(0)))).toMatch(/ONNX/);
  });

  it('a truncated file', async () => {
    const whole = op.encodeOnnx(new op.Graph({ y: features(op.input('image', [1, 3, 8, 8])) }));
    expect(await refusal(await fileOf(whole.subarray(0, whole.length >> 1)))).toMatch(/ONNX/);
  });

  it.each<[string, readonly number[], RegExp]>([
    [
      'a text',
      [1, 20],
      /the input "image" of the model is float32 \[1, 20\]; a picture, float32 \[1, 3, height, width\] or \[1, height, width, 3\], is needed/,
    ],
    ['a grey picture', [1, 1, 8, 8], /takes pictures of 1 channel; 3 are needed/],
    ['sound', [1, 2, 3], /is float32 \[1, 2, 3\]; a picture/],
  ])('a network with input %s', async (_, shape, message) => {
    const nodes = [{ operator: 'Relu', inputs: ['image'], output: 'y' }];
    expect(await refusal(await fileOf(onnxFile([], { name: 'image', shape }, nodes)))).toMatch(message);
  });

  it('a network without inputs', async () => {
    const table = { name: 't', shape: [1], data: [1] };
    const path = await fileOf(onnxFile([table], undefined, [{ operator: 'Relu', inputs: ['t'], output: 'y' }])); // prettier-ignore
    expect(await refusal(path)).toMatch(/the model has no inputs; a network with one picture/);
  });

  it('a network with two pictures as inputs', async () => {
    const path = await fileOf(
      op.encodeOnnx(new op.Graph({ y: op.add(op.input('a', [1, 3, 4, 4]), op.input('b', [1, 3, 4, 4])) })),
    );
    expect(await refusal(path)).toMatch(/2 inputs \(a, b\); a network with one picture/);
  });

  it.each([
    ['outside its folder', '../../etc/passwd', /outside the model's own folder/],
    ['at its own place', '/etc/passwd', /outside the model's own folder/],
    [
      'in a missing file',
      'own.onnx.data',
      /keeps its data in another file, "own.onnx.data", which is missing; put it beside the model/,
    ],
  ])('weights %s are not read', async (_, external, message) => {
    const path = await fileOf(
      onnxFile(
        [{ name: 'w', shape: [1, 3, 1, 1], data: [], external }],
        { name: 'image', shape: [1, 3, 8, 8] },
        [{ operator: 'Mul', inputs: ['image', 'w'], output: 'y' }],
      ),
    );
    const backbone = await onnxBackbone(path);
    expect(backbone.layers).toEqual([]);
    expect(() => backbone.layerNamed('x')).toThrow(
      /^own\.onnx has no layers that can be used; the first that fails, "y": ONNX model: "w" /,
    );
    expect(() => backbone.layerNamed('y')).toThrow(InputError);
    expect(() => backbone.layerNamed('y')).toThrow(message);
  });

  const withWeightsIn = (external: string): Promise<string> =>
    fileOf(
      onnxFile(
        [{ name: 'w', shape: [1, 3, 1, 1], data: [], external }],
        { name: 'image', shape: [1, 3, 8, 8] },
        [{ operator: 'Mul', inputs: ['image', 'w'], output: 'y' }],
      ),
    );

  it('but weights in a file of its folder are read', async () => {
    const path = await withWeightsIn('own.onnx.data');
    await writeFile(join(dirname(path), 'own.onnx.data'), new Uint8Array(Float32Array.of(2, 3, 4).buffer));
    const backbone = await onnxBackbone(path, 'none');
    const pixels = op.input('pixels', [1, 3, 8, 8]);
    const session = await op.compile({ y: backbone.activations(pixels, ['y']).get('y')! }, { threads: 1 });
    const { y } = await session.run({ pixels: op.float32(new Float32Array(192).fill(10), [1, 3, 8, 8]) });
    await session.release();
    expect([0, 64, 128].map((i) => y.data[i])).toEqual([20, 30, 40]);
  });

  it('and not through a link that leaves the folder, nor too many, nor from a folder', async () => {
    const path = await withWeightsIn('own.onnx.data');
    const data = join(dirname(path), 'own.onnx.data');
    const elsewhere = join(await temporaryFolder(), 'secret');
    await writeFile(elsewhere, new Uint8Array(12));
    await symlink(elsewhere, data);
    expect(await refusal(path)).toMatch(/"own.onnx.data" is a link to a file outside the model's own folder/);
    await rm(data);
    await writeFile(data, '');
    await truncate(data, 2 ** 31);
    expect(await refusal(path)).toMatch(
      /own.onnx.data: 2147483648 bytes are more than an ONNX model may have/,
    );
    await rm(data);
    await mkdir(data);
    expect(await refusal(path)).toMatch(/own.onnx.data: is not a file/);
  });
});
