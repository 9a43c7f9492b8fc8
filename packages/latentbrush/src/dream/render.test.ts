import { InputError, mul, sqrt, type Tensor } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { Backbone } from '../pretrained/index.ts';
import { tinyBackbone } from '../pretrained/backbones/testing/tiny-backbone.ts';
import { inColor, luminance, picture, zoom, type Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import type { DreamEvent } from './events.ts';
import { octaveSizes } from './octaves.ts';
import type { DreamInput } from './options.ts';
import { fromPixels, toPixels } from './pixels.ts';
import { Dream, dream, type DreamPictures } from './render.ts';

const backbone = tinyBackbone();
const photograph = noise(1, 3, 40, 46);
const layers = [{ layer: 'mixed1', coefficient: 1 }];
const quick = { layers, octaves: 2, octaveScale: 1.3, iterations: 3, stepSize: 0.05, maxLoss: 1e9 };

async function eventsOf(
  options: DreamInput = {},
  pictures: DreamPictures = {},
  source = photograph,
  network: Backbone = backbone,
): Promise<DreamEvent[]> {
  const events: DreamEvent[] = [];
  for await (const event of dream(network, source, { ...quick, ...options }, pictures)) events.push(event);
  return events;
}

async function dreamed(...given: Parameters<typeof eventsOf>): Promise<Picture> {
  return doneOf(await eventsOf(...given)).picture;
}

function doneOf(events: readonly DreamEvent[]): Extract<DreamEvent, { type: 'done' }> {
  const last = events.at(-1);
  if (last?.type !== 'done') throw new Error('the dream did not end');
  return last;
}

type Step = Extract<DreamEvent, { type: 'step' }>;
const stepsOf = (events: readonly DreamEvent[]): Step[] => events.filter((event) => event.type === 'step');

/** Mean size of the difference of two pictures. */
function change(a: Picture, b: Picture): number {
  expect(a.data).toHaveLength(b.data.length);
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;
}

describe('a dream', () => {
  it('reports its sizes, each step, the picture after each size, and the picture', async () => {
    const events = await eventsOf();
    expect(events.map((event) => event.type)).toEqual([
      'start',
      ...['step', 'step', 'step', 'octave'],
      ...['step', 'step', 'step', 'octave'],
      'done',
    ]);
    const sizes = octaveSizes(photograph, 2, 1.3);
    expect(events[0]).toEqual({ type: 'start', octaves: sizes, total: 6 });
    const pictures = events.filter((event) => event.type === 'octave');
    expect(pictures.map(({ octave }) => octave)).toEqual([1, 2]);
    expect(pictures.map(({ picture: { height, width } }) => [height, width])).toEqual(sizes);
    expect(doneOf(events).reason).toBe('finished');
    expect(doneOf(events).picture).toEqual(pictures.at(-1)?.picture);
  });

  it('counts its steps over all sizes', async () => {
    const steps = stepsOf(await eventsOf());
    expect(steps.map(({ octave, iteration, done, total }) => [octave, iteration, done, total])).toEqual([
      [1, 1, 1, 6],
      [1, 2, 2, 6],
      [1, 3, 3, 6],
      [2, 1, 4, 6],
      [2, 2, 5, 6],
      [2, 3, 6, 6],
    ]);
    for (const { loss, terms } of steps) expect(loss).toBe(terms.mixed1);
  });

  it('increases the loss when its steps are small', async () => {
    const losses = stepsOf(await eventsOf({ octaves: 1, iterations: 8, stepSize: 0.005 })).map(
      ({ loss }) => loss,
    );
    expect(losses).toEqual(losses.toSorted((a, b) => a - b));
    expect(losses.at(-1)).toBeGreaterThan(1.01 * losses[0]!);
  });

  it('decreases the loss with a negative coefficient', async () => {
    const calm = [{ layer: 'mixed1', coefficient: -1 }];
    const losses = stepsOf(await eventsOf({ layers: calm, octaves: 1, iterations: 8, stepSize: 0.005 }));
    const excitement = losses.map(({ loss }) => -loss);
    expect(excitement[0]).toBeGreaterThan(0);
    expect(excitement).toEqual(excitement.toSorted((a, b) => b - a));
  });

  it('moves each pixel by the step on average, in a range of -1 to 1', async () => {
    const grey = picture(3, 40, 46, new Float32Array(photograph.data.length).fill(127.5));
    const textured = { ...grey, data: grey.data.map((value, i) => value + 20 * Math.sin(i)) }; // far from clipping
    const result = await dreamed({ octaves: 1, iterations: 1, stepSize: 0.01 }, {}, textured);
    expect(change(result, textured) / 127.5).toBeCloseTo(0.01, 4);
  });

  it('of one channel excites that channel', async () => {
    const channel = [{ layer: 'mixed0', channel: 5, coefficient: 1 }];
    const steps = stepsOf(await eventsOf({ layers: channel, octaves: 1, iterations: 5, stepSize: 0.01 }));
    expect(Object.keys(steps[0]!.terms)).toEqual(['mixed0:5']);
    expect(steps.at(-1)!.loss).toBeGreaterThan(steps[0]!.loss);
    const other = await dreamed({ layers: [{ layer: 'mixed0', channel: 6, coefficient: 1 }] });
    expect(change(await dreamed({ layers: channel }), other)).toBeGreaterThan(0.5);
  });

  it('leaves a size when the loss exceeds its limit, without another step', async () => {
    const options = { octaves: 1, iterations: 6 };
    const all = stepsOf(await eventsOf(options)).map(({ loss }) => loss);
    const maxLoss = (all[2]! + all[3]!) / 2;
    const some = await eventsOf({ ...options, maxLoss });
    expect(stepsOf(some).map(({ loss }) => loss)).toEqual(all.slice(0, 3));
    expect(doneOf(some).picture).toEqual(await dreamed({ ...options, iterations: 3 }));
  });

  it('counts the steps that were skipped at a size it left early', async () => {
    const first = stepsOf(await eventsOf({ iterations: 1 }));
    const steps = stepsOf(await eventsOf({ maxLoss: first[1]!.loss * 1.0001, iterations: 4 }));
    expect(steps.some(({ octave }) => octave === 2)).toBe(true);
    for (const { octave, iteration, done } of steps) expect(done).toBe(4 * (octave - 1) + iteration);
  });

  it('of 0 steps returns the picture', async () => {
    for (const octaves of [1, 3])
      expect(change(await dreamed({ iterations: 0, octaves }), photograph)).toBeLessThan(1e-4);
  });

  it('gives values of 0 to 255, and does not change its input', async () => {
    const before = photograph.data.slice();
    const { data } = await dreamed({ stepSize: 1, iterations: 5 });
    expect(data.every((value) => value >= 0 && value <= 255)).toBe(true);
    expect(photograph.data).toEqual(before);
  });

  it('treats grey as three equal planes', async () => {
    const grey = luminance(photograph);
    const result = await dreamed({}, {}, grey);
    expect(result.channels).toBe(3);
    expect(result).toEqual(await dreamed({}, {}, inColor(grey)));
  });

  it.each<[string, number, DreamInput, string]>([
    [
      'at its smallest size',
      24,
      { octaves: 2 },
      'cat.png: octave 1 is 18x18; mixed1 needs at least 23x23 (option octaves 1 fits)',
    ],
    [
      'at some sizes',
      40,
      { octaves: 9 },
      'cat.png: octave 1 is 4x4; mixed1 needs at least 23x23 (option octaves 3 fits)',
    ],
    [
      'at all sizes',
      20,
      { octaves: 2 },
      'cat.png: octave 1 is 15x15; mixed1 needs at least 23x23; use a larger picture, or layers that come earlier in the network',
    ],
    [
      'at its only size',
      20,
      { octaves: 1 },
      'cat.png: is 20x20; mixed1 needs at least 23x23; use a larger picture, or layers that come earlier in the network',
    ],
    [
      'in tiles',
      40,
      { octaves: 1, tile: 16 },
      'option tile: cat.png is computed in tiles of 16x16; mixed1 needs at least 23x23; give option tile 23 or more, or 0 for no tiles',
    ],
  ])(
    'is refused for a picture that is too small %s, with what the layer needs',
    async (_, side, options, message) => {
      const work = dreamed(
        { layers: [{ layer: 'mixed0', coefficient: 1 }, ...layers], ...options },
        { name: 'cat.png' },
        noise(1, 3, side, side),
      );
      await expect(work).rejects.toThrow(InputError);
      await expect(work).rejects.toThrow(message);
    },
  );

  it('works at the smallest size that messages name, and is refused below it', async () => {
    const error = await dreamed({ octaves: 1 }, {}, noise(1, 3, 9, 9)).catch(String);
    const least = Number(/at least (\d+)x/.exec(error as string)?.[1]);
    await expect(dreamed({ octaves: 1 }, {}, noise(1, 3, least, least))).resolves.toBeDefined();
    await expect(dreamed({ octaves: 1 }, {}, noise(1, 3, least - 1, least))).rejects.toThrow(InputError);
  });

  it('is refused for options, layers and channels that do not exist', async () => {
    await expect(dreamed({ octaves: 99 })).rejects.toThrow('option octaves: 99 was given');
    await expect(dreamed({ layers: [{ layer: 'mixed9', coefficient: 1 }] })).rejects.toThrow(
      /nearest: mixed0/,
    );
    await expect(dreamed({ layers: [{ layer: 'mixed0', channel: 12, coefficient: 1 }] })).rejects.toThrow(
      'layer "mixed0" has channels 0 to 11; channel 12 was given',
    );
  });
});

describe('the same seed', () => {
  const random = { jitter: 9, tile: 30, layers: [{ layer: 'mixed0', coefficient: 1 }], octaves: 1 };

  it('gives the same bytes', async () => {
    expect(await dreamed(random)).toEqual(await dreamed(random));
    // In a step event the picture is a function.
    const shown = async (): Promise<unknown[]> =>
      (await eventsOf()).map((event) => (event.type === 'step' ? { ...event, picture: undefined } : event));
    expect(await shown()).toEqual(await shown());
  });

  it('and another seed gives another dream, if there is randomness', async () => {
    expect(change(await dreamed(random), await dreamed({ ...random, seed: 2 }))).toBeGreaterThan(0.1);
    expect(await dreamed({ seed: 1 })).toEqual(await dreamed({ seed: 2 }));
  });
});

describe('a mask', () => {
  const left = picture(1, 40, 46);
  left.data.forEach((_, i) => (left.data[i] = i % 46 < 20 ? 0 : 255));

  it('keeps what is black exactly, through all sizes', async () => {
    const result = await dreamed({ octaves: 2, stepSize: 0.2 }, { mask: left });
    let moved = 0;
    result.data.forEach((value, i) => {
      if (i % 46 < 20) expect(value).toBe(photograph.data[i]);
      else moved += Math.abs(value - photograph.data[i]!);
    });
    expect(moved / result.data.length).toBeGreaterThan(5);
  });

  it('keeps what is black at each size', async () => {
    const events = await eventsOf({ octaves: 2, stepSize: 0.2 }, { mask: left });
    for (const event of events) {
      if (event.type !== 'octave') continue;
      const { height, width, data } = event.picture;
      const { data: original } = zoom(photograph, height, width);
      data.forEach((value, i) => {
        if (i % width < 0.35 * width) expect(value).toBeCloseTo(original[i]!, 3);
      });
    }
  });

  it('that is all black returns the picture exactly; all white is like no mask', async () => {
    expect(await dreamed({}, { mask: picture(1, 5, 5) })).toEqual(photograph);
    const white = picture(3, 7, 4, new Float32Array(84).fill(255));
    expect(await dreamed({}, { mask: white })).toEqual(await dreamed());
  });

  it('accepts a grey picture as three planes', async () => {
    const grey = luminance(photograph);
    expect(await dreamed({}, { mask: picture(1, 5, 5) }, grey)).toEqual(inColor(grey));
  });

  it('that is grey lets the picture change by that share', async () => {
    const half = picture(1, 3, 3, new Float32Array(9).fill(127.5));
    const options = { octaves: 1, iterations: 1 };
    const [whole, part] = [await dreamed(options), await dreamed(options, { mask: half })];
    const source = fromPixels(toPixels(photograph));
    part.data.forEach((value, i) => {
      const full = whole.data[i]! - source.data[i]!;
      if (whole.data[i]! > 0 && whole.data[i]! < 255)
        expect(value - source.data[i]!).toBeCloseTo(full / 2, 2);
    });
  });
});

describe('a guide', () => {
  it('changes what the dream maximises, and the dream matches it', async () => {
    const options = { octaves: 1, iterations: 6, stepSize: 0.01 };
    const guided = await eventsOf(options, { guide: noise(9, 3, 30, 30) });
    const losses = stepsOf(guided).map(({ loss }) => loss);
    expect(losses.at(-1)).toBeGreaterThan(losses[0]!);
    expect(losses[0]).not.toBeCloseTo(stepsOf(await eventsOf(options))[0]!.loss, 3);
    expect(change(doneOf(guided).picture, await dreamed(options))).toBeGreaterThan(0.5);
    const other = await dreamed(options, { guide: picture(3, 30, 30, new Float32Array(2700).fill(250)) });
    expect(change(doneOf(guided).picture, other)).toBeGreaterThan(0.5);
  });

  it('that is too small is refused', async () => {
    await expect(dreamed({}, { guide: noise(1, 3, 4, 4) })).rejects.toThrow(
      /^guide: 4x4 pixels are too small/,
    );
  });
});

describe('a dream that is interrupted', () => {
  async function interruptedAfter(count: number, options: DreamInput = {}, pictures: DreamPictures = {}) {
    const controller = new AbortController();
    const events: DreamEvent[] = [];
    for await (const event of dream(
      backbone,
      photograph,
      { ...quick, ...options },
      pictures,
      controller.signal,
    )) {
      events.push(event);
      if (stepsOf(events).length === count) controller.abort();
    }
    return events;
  }

  it('gives the picture so far in its full size', async () => {
    const events = await interruptedAfter(2);
    expect(stepsOf(events)).toHaveLength(2);
    const { reason, picture: soFar } = doneOf(events);
    expect(reason).toBe('aborted');
    expect([soFar.height, soFar.width]).toEqual([40, 46]);
    expect(change(soFar, photograph)).toBeGreaterThan(1);
  });

  it('is as sharp as the picture: detail lost at small sizes is added back', async () => {
    const events = await interruptedAfter(1, {
      octaves: 3,
      stepSize: 1e-6,
      layers: [{ layer: 'mixed0', coefficient: 1 }],
    });
    expect(events.some(({ type }) => type === 'octave')).toBe(false);
    expect(change(doneOf(events).picture, photograph)).toBeLessThan(0.01);
  });

  it('before its first step gives the picture', async () => {
    const events: DreamEvent[] = [];
    for await (const event of dream(backbone, photograph, quick, {}, AbortSignal.abort())) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(['start', 'done']);
    expect(change(doneOf(events).picture, photograph)).toBeLessThan(1e-4);
  });

  it('says where; a dream that stops there gives the same picture: in an octave, between octaves', async () => {
    const stopped = async (at: (event: DreamEvent) => boolean): Promise<DreamEvent[]> => {
      const controller = new AbortController();
      const events: DreamEvent[] = [];
      for await (const event of dream(backbone, photograph, quick, {}, controller.signal)) {
        events.push(event);
        if (at(event)) controller.abort();
      }
      return events;
    };
    const inside = await stopped((event) => event.type === 'step' && event.octave === 2);
    expect(doneOf(inside).stoppedAt).toEqual({ octave: 2, iteration: 1 });
    const between = await stopped((event) => event.type === 'octave');
    expect(doneOf(between).stoppedAt).toEqual({ octave: 2, iteration: 0 });
    expect(doneOf(between).picture).not.toEqual(doneOf(inside).picture);
    const again = await stopped((event) => event.type === 'step' && event.octave === 2);
    expect(doneOf(again)).toEqual(doneOf(inside));
  });

  it('after its last octave is complete', async () => {
    const controller = new AbortController();
    for await (const event of dream(backbone, photograph, { ...quick, octaves: 1 }, {}, controller.signal)) {
      if (event.type === 'octave') controller.abort();
      if (event.type === 'done') expect(event).toMatchObject({ reason: 'finished' });
    }
  });

  it('between two tiles keeps the finished steps', async () => {
    const controller = new AbortController();
    let evaluations = 0;
    const network: Backbone = {
      ...backbone,
      activations: (pixels, names) => {
        evaluations += 1; // once for each size: when it is compiled
        return backbone.activations(pixels, names);
      },
    };
    const events: DreamEvent[] = [];
    const options = { ...quick, octaves: 1, tile: 24 };
    for await (const event of dream(network, photograph, options, {}, controller.signal)) {
      events.push(event);
      if (event.type === 'step') setImmediate(() => controller.abort()); // when the next one begins its first tile
    }
    expect(evaluations).toBe(1);
    expect(doneOf(events).reason).toBe('aborted');
    expect(stepsOf(events)).toHaveLength(1);
  });

  it('keeps what is black in a mask', async () => {
    expect(doneOf(await interruptedAfter(2, {}, { mask: picture(1, 5, 5) })).picture).toEqual(photograph);
  });
});

describe('a prepared dream', () => {
  it('dreams on many pictures, each like alone when it has the same name', async () => {
    const prepared = await Dream.prepare(backbone, quick);
    const results: Picture[] = [];
    for (const source of [photograph, noise(2, 3, 40, 46), photograph])
      for await (const event of prepared.render(source))
        if (event.type === 'done') results.push(event.picture);
    await prepared.release();
    expect(results[0]).toEqual(await dreamed());
    expect(results[2]).toEqual(results[0]);
    expect(results[1]).not.toEqual(results[0]);
  });

  it('has its options resolved', async () => {
    const prepared = await Dream.prepare(backbone, { layers });
    expect(prepared.options).toMatchObject({ octaves: 3, iterations: 20, seed: 1 });
    await prepared.release();
  });
});

/** The tiny network, its values changed. */
function changed(change: (values: Tensor) => Tensor): Backbone {
  return {
    ...backbone,
    activations: (pixels, names) =>
      new Map([...backbone.activations(pixels, names)].map(([name, values]) => [name, change(values)])),
  };
}

describe('NaN values', () => {
  const withFactor = (factor: number): Backbone => changed((values) => mul(values, factor));

  it.each([Number.NaN, 1e30])(
    'at the picture itself are reported as a fault of the network: %s',
    async (factor) => {
      const work = dreamed({}, {}, photograph, withFactor(factor));
      await expect(work).rejects.toThrow(InputError);
      await expect(work).rejects.toThrow(
        'dream: the values of tiny are not finite at the picture itself (mixed1): its weights contain NaN or are far too large, or a coefficient of option layers is; choose other weights or layers',
      );
    },
  );

  it('after a step are reported as a fault of the step', async () => {
    const options = { octaves: 1, stepSize: 10, maxLoss: 1e300 };
    const [first] = stepsOf(await eventsOf({ octaves: 1, iterations: 1 }));
    const factor = Math.sqrt(1e33 / first!.loss); // a sum that is far, but not very far, from the largest number
    const work = dreamed(options, {}, photograph, withFactor(factor));
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow('dream: the loss became infinite; lower option step');
  });

  it('of the gradient alone are refused, too, and make no picture', async () => {
    // √ has no slope at 0
    const root = changed((values) => sqrt(mul(mul(values, 0), values)));
    await expect(dreamed({ iterations: 1 }, {}, photograph, root)).rejects.toThrow(
      /not finite at the picture itself \(their gradient\)/,
    );
  });
});

describe('a gradient that is 0 everywhere', () => {
  it('is reported at the end, with the unchanged picture', async () => {
    const events = await eventsOf(
      {},
      {},
      photograph,
      changed((values) => mul(values, 0)),
    );
    expect(doneOf(events)).toMatchObject({ reason: 'finished', flat: true, steps: 6 });
    expect(change(doneOf(events).picture, photograph)).toBeLessThan(1e-4);
  });

  it('is not reported when pixels changed, or without steps', async () => {
    expect(doneOf(await eventsOf())).toMatchObject({ flat: false, steps: 6 });
    expect(doneOf(await eventsOf({ iterations: 0 }))).toMatchObject({ flat: false, steps: 0 });
  });
});
