import { compile, float32, input, InputError, nn, Random } from '@latentbrush/engine';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { crop, type Picture } from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { exportOnnx } from './export.ts';
import { SMALLEST_SIDE, styleGraph, StylePainter, type StyleModel } from './model.ts';
import { transformer } from './network.ts';

const model = modelOf({ filters: 4, residualBlocks: 1, noise: 2, palette: 1 });
const painter = new StylePainter(model, { threads: 1 });
afterAll(() => painter.release());

describe('StylePainter', () => {
  it('paints the output of the network, within 0..255', async () => {
    const picture = noise(1, 3, 20, 32);
    const painted = await painter.paint(picture);
    const shape = [1, 3, 20, 32];
    const session = await compile({ painted: styleGraph(model, input('pictures', shape)) }, { threads: 1 });
    const { painted: expected } = await session.run({ pictures: float32(picture.data, shape) });
    await session.release();
    expect(painted).toEqual({ channels: 3, height: 20, width: 32, data: expected.data });
    expect(painted.data.every((value) => value >= 0 && value <= 255)).toBe(true);
    expect(painted.data).not.toEqual(picture.data);
  });

  it.each([
    [17, 31],
    [16, 50],
    [33, 18],
    [19, 19],
  ])('paints pictures of any size: %ix%i', async (height, width) => {
    const painted = await painter.paint(noise(2, 3, height, width));
    expect(painted).toMatchObject({ channels: 3, height, width });
    expect(painted.data).toHaveLength(3 * height * width);
  });

  it('repeats the last row and column up to a size that the network accepts', async () => {
    const small = noise(3, 3, 18, 21);
    const padded: Picture = {
      channels: 3,
      height: 20,
      width: 24,
      data: Float32Array.from({ length: 3 * 20 * 24 }, (_, i) => {
        const [channel, row, column] = [Math.floor(i / 480), Math.floor(i / 24) % 20, i % 24];
        return small.data[(channel * 18 + Math.min(row, 17)) * 21 + Math.min(column, 20)]!;
      }),
    };
    expect(await painter.paint(small)).toEqual(crop(await painter.paint(padded), 0, 0, 18, 21));
  });

  it('reads grey pictures as three equal channels', async () => {
    const grey = noise(4, 1, 16, 16);
    const three: Picture = {
      ...grey,
      channels: 3,
      data: Float32Array.from([...grey.data, ...grey.data, ...grey.data]),
    };
    expect(await painter.paint(grey)).toEqual(await painter.paint(three));
  });

  it('paints many pictures at once, of more sizes than stay compiled, and is released at the end', async () => {
    const busy = new StylePainter(model, { threads: 1 });
    const pictures = [16, 20, 24, 28, 32, 36, 16, 40].map((width) => noise(width, 3, 16, width));
    const work = Promise.all(pictures.map((picture) => busy.paint(picture)));
    const released = busy.release();
    const painted = await work;
    await released;
    for (const [index, picture] of pictures.entries())
      expect(painted[index]).toEqual(await painter.paint(picture));
  });

  it('refuses a picture that is too small, and continues', async () => {
    const small = painter.paint(noise(5, 3, 40, SMALLEST_SIDE - 1));
    await expect(small).rejects.toThrow(InputError);
    await expect(small).rejects.toThrow(
      'picture: 15x40 is too small to be painted; it needs 16 pixels a side',
    );
    await expect(painter.paint(noise(5, 3, 40, SMALLEST_SIDE))).resolves.toMatchObject({ width: 16 });
  });

  it('refuses a picture that exceeds the memory', async () => {
    const modest = new StylePainter(model, { maxMemory: 0.3 });
    const huge = modest.paint(noise(1, 1, 2000, 3000));
    await expect(huge).rejects.toThrow(InputError);
    await expect(huge).rejects.toThrow(
      /^memory: this needs about .* GiB, and the limit is 0\.3 GiB; give a smaller picture \(it is 3000x2000\)$/,
    );
  });

  it('refuses weights of another network', async () => {
    const other = modelOf({ filters: 8, residualBlocks: 1, noise: 2, palette: 1 });
    const missing = new StylePainter({
      ...model,
      architecture: { filters: 4, residualBlocks: 2, noise: 2, palette: 1 },
    });
    await expect(missing.paint(noise(1, 3, 16, 16))).rejects.toThrow(InputError);
    const larger = new StylePainter({ ...model, weights: other.weights });
    await expect(larger.paint(noise(1, 3, 16, 16))).rejects.toThrow(/kernel/);
  });
});

describe('an exported style', () => {
  it('gives the same result in any ONNX runtime', async () => {
    const { bytes, inputs, outputs } = exportOnnx(model, { height: 20, width: 32 });
    expect({ inputs, outputs }).toEqual({ inputs: ['pictures'], outputs: ['painted'] });
    const session = await InferenceSession.create(bytes);
    const picture = noise(6, 3, 20, 32);
    const { painted } = await session.run({ pictures: new Tensor('float32', picture.data, [1, 3, 20, 32]) });
    await session.release();
    expect(painted?.dims).toEqual([1, 3, 20, 32]);
    const expected = await painter.paint(picture);
    expected.data.forEach((value, i) =>
      expect(Math.abs(Number(painted?.data[i]) - value)).toBeLessThan(0.01),
    );
  });

  it.each([1, 5])('paints %i pictures at once as each alone', async (batch) => {
    const session = await InferenceSession.create(exportOnnx(model, { height: 20, width: 32 }).bytes);
    const pictures = Array.from({ length: batch }, (_, seed) => noise(seed, 3, 20, 32));
    const all = Float32Array.from(pictures.flatMap(({ data }) => [...data]));
    const { painted } = await session.run({ pictures: new Tensor('float32', all, [batch, 3, 20, 32]) });
    await session.release();
    expect(painted?.dims).toEqual([batch, 3, 20, 32]);
    for (const [index, picture] of pictures.entries()) {
      const { data } = await painter.paint(picture);
      const start = index * data.length;
      data.forEach((value, i) => expect(Number(painted?.data[start + i])).toBeCloseTo(value, 1));
    }
  });

  it('describes itself in its metadata', () => {
    const { bytes } = exportOnnx(model, { height: 16, width: 16 });
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toContain('wave.jpg');
    expect(text).not.toContain('pictures/of/mine');
    expect(text).toContain('{"filters":4,"residualBlocks":1,"noise":2,"palette":1}');
  });

  it.each([
    [18, 32],
    [32, 12],
    [32.5, 32],
    [0, 0],
  ])('accepts sizes of the network, unlike %dx%d', (width, height) => {
    expect(() => exportOnnx(model, { height, width })).toThrow(InputError);
    expect(() => exportOnnx(model, { height, width })).toThrow(
      `size: ${width}x${height} does not fit this network; both sides are multiples of 4, at least 16`,
    );
  });
});

/** A model that changes pictures visibly: initial weights, with a last layer ten times as strong. */
function modelOf(architecture: StyleModel['architecture']): StyleModel {
  const parameters = new nn.Parameters();
  transformer(parameters, input('pictures', [1, 3, 16, 16]), architecture);
  const initial = parameters.initialize(new Random(1));
  const weights = Object.fromEntries(
    Object.entries(initial).map(([name, { data, shape }]) => [
      name,
      float32(
        (data as Float32Array).map((value) => (name === 'conv_6/kernel' ? 10 * value : value)),
        shape,
      ),
    ]),
  );
  return { architecture, weights, style: 'pictures/of/mine/wave.jpg' };
}
