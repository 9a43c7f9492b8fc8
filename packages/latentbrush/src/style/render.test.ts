import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { PixelObjective, type Backbone } from '../backbones/index.ts';
import { colorStatistics, luminance, matchHistogram, picture, resize, type Picture } from '../image/index.ts';
import { noise } from '../image/testing/noise.ts';
import { parseOptions } from '../options.ts';
import type { StyleEvent } from './events.ts';
import { measureContent, measureStyle, styleTerms } from './objective.ts';
import { styleOptions, type StyleInput } from './options.ts';
import { perceptionOf } from './presets.ts';
import { paint } from './render.ts';
import { resolveStyle } from './resolved-options.ts';
import { styleParts, type StylePicture } from './style-parts.ts';
import { tinyBackbone, tinyLayers } from './testing/tiny-perception.ts';

/** With the preset of VGG: the book's losses, one size, no border. */
const likeVgg = tinyBackbone({ name: 'vgg-tiny' });
/** With the preset of InceptionV3: normalised losses, enlarged, with a border, a pyramid. */
const likeInception = tinyBackbone();

const content = waves(24, 36, 1);
const style: StylePicture = { picture: noise(5, 3, 20, 20) };
const other: StylePicture = { picture: waves(20, 14, 9) };
const quick: StyleInput = { ...tinyLayers, height: 24, rounds: 3, evaluations: 6, threads: 1 };

async function all(events: AsyncIterable<StyleEvent>): Promise<StyleEvent[]> {
  const collected: StyleEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const of = <T extends StyleEvent['type']>(events: readonly StyleEvent[], type: T) =>
  events.filter((event): event is Extract<StyleEvent, { type: T }> => event.type === type);

async function painting(
  options: StyleInput = {},
  {
    backbone = likeVgg,
    source = content,
    styles = [style],
  }: { backbone?: Backbone; source?: Picture; styles?: readonly StylePicture[] } = {},
): Promise<Picture> {
  const events = await all(paint(backbone, source, styles, { ...quick, ...options }));
  return of(events, 'done')[0]!.picture;
}

describe('what painting tells', () => {
  it.each([
    ['L-BFGS', { optimizer: 'lbfgs' }],
    ['Adam', { optimizer: 'adam' }],
  ] as const)('start, evaluations, a round with the picture, and the end: %s', async (_, options) => {
    const events = await all(paint(likeVgg, content, [style], { ...quick, ...options }));
    expect(events[0]).toMatchObject({ type: 'start', height: 24, width: 36, rounds: 3 });
    expect(of(events, 'round').map(({ round, total }) => [round, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    const evaluations = of(events, 'evaluation');
    for (const { total } of evaluations) expect(total).toBe(18);
    const numbers = evaluations.map(({ evaluation }) => evaluation);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(Math.max(...numbers)).toBeLessThanOrEqual(18);
    const kinds = events.map(({ type }) => type).filter((type) => type !== 'evaluation');
    expect(kinds).toEqual(['start', 'round', 'round', 'round', 'done']);
    const [done] = of(events, 'done');
    expect(done).toMatchObject({ reason: 'finished', picture: { channels: 3, height: 24, width: 36 } });
    expect(done?.picture).toEqual(of(events, 'round')[2]?.picture);
  });

  it.each([
    ['book, L-BFGS', likeVgg, {}],
    ['normalized, L-BFGS', likeInception, { pyramid: 1 }],
    ['book, Adam', likeVgg, { optimizer: 'adam' }],
    ['normalized, Adam', likeInception, { pyramid: 1, optimizer: 'adam' }],
  ] satisfies [string, Backbone, StyleInput][])('the loss falls: %s', async (_, backbone, options) => {
    const events = await all(paint(backbone, content, [style], { ...quick, ...options }));
    const [first, ...later] = of(events, 'evaluation').map(({ loss }) => loss);
    expect(later.at(-1)).toBeLessThan(first! * 0.9);
    if (!('optimizer' in options))
      for (const [index, { loss }] of of(events, 'round').slice(1).entries())
        expect(loss).toBeLessThanOrEqual(of(events, 'round')[index]!.loss);
  });

  it('loss and parts of a round are those of its picture', async () => {
    const events = await all(paint(likeVgg, content, [style], { ...quick, evaluations: 5 }));
    const options = resolveStyle('vgg-tiny', parseOptions(styleOptions, quick));
    const perception = perceptionOf(likeVgg, options, options);
    const stretched = resize(style.picture, { height: 24, width: 36 });
    const parts = [{ matrices: await measureStyle(perception, stretched, 1), weight: 1 }];
    const target = await measureContent(perception, content, 1);
    const objective = await PixelObjective.compile([1, 3, 24, 36], (pixels) =>
      styleTerms(perception, target, parts, options, pixels),
    );
    for (const round of of(events, 'round')) {
      const { loss, terms } = await objective.evaluate(round.picture.data);
      expect(round.loss / loss).toBeCloseTo(1, 4);
      expect(Object.keys(round.terms)).toEqual(Object.keys(terms));
      for (const [name, value] of Object.entries(terms)) expect(round.terms[name]! / value).toBeCloseTo(1, 3);
    }
    await objective.release();
  });

  it('from coarse to fine: sizes double, each round its own, and the loss falls at each', async () => {
    const source = waves(130, 130, 2);
    const events = await all(
      paint(likeInception, source, [style], { ...quick, height: 130, rounds: 4, evaluations: 3 }),
    );
    const sizes = of(events, 'round').map(({ height, width, picture: shown }) => {
      expect(shown).toMatchObject({ height, width });
      return [height, width];
    });
    expect(sizes).toEqual([
      [65, 65],
      [65, 65],
      [65, 65],
      [130, 130],
    ]);
    expect(of(events, 'start')).toMatchObject([{ height: 130, width: 130, rounds: 4 }]);
    expect(of(events, 'done')[0]?.picture).toMatchObject({ height: 130, width: 130 });
  });
});

describe('where painting begins', () => {
  it('at the content, or at noise of all colours', async () => {
    const still: StyleInput = { styleWeight: 0, contentWeight: 0, tvWeight: 1e-60 }; // 0 as a float32
    const fromContent = await painting(still);
    expect(fromContent.data).toEqual(content.data);
    const fromNoise = await painting({ ...still, init: 'noise' });
    const { mean, covariance } = colorStatistics(fromNoise);
    for (const value of mean) expect(Math.abs(value - 127.5)).toBeLessThan(15);
    for (const channel of [0, 1, 2])
      expect(Math.sqrt(covariance[channel]![channel]!)).toBeCloseTo(255 / Math.sqrt(12), -1);
    expect(Math.abs(covariance[0][1])).toBeLessThan(1000); // the channels know nothing of one another
  });

  it('noise comes to look like the content when only that counts', async () => {
    const only: StyleInput = {
      init: 'noise',
      styleWeight: 0,
      tvWeight: 0,
      contentLayer: 'conv_1',
      rounds: 6,
    };
    const events = await all(paint(likeVgg, content, [style], { ...quick, ...only }));
    const away = (shown: Picture): number =>
      shown.data.reduce((sum, value, i) => sum + (value - content.data[i]!) ** 2, 0);
    const [first] = of(events, 'round');
    expect(away(of(events, 'done')[0]!.picture)).toBeLessThan(away(first!.picture));
  });

  it('the same seed gives the same bytes, another seed another picture', async () => {
    const options: StyleInput = { init: 'noise', seed: 3 };
    const [a, b, c] = [
      await painting(options),
      await painting(options),
      await painting({ ...options, seed: 4 }),
    ];
    expect(b.data).toEqual(a.data);
    expect(c.data).not.toEqual(a.data);
    expect(await painting()).toEqual(await painting({ seed: 8 })); // from the content nothing is random
  });
});

describe('colours', () => {
  it('luminance: each pixel keeps the hue of the content, and its brightness is painted', async () => {
    for (const backbone of [likeVgg, likeInception]) {
      const result = await painting({ keepColors: 'luminance', pyramid: 1 }, { backbone });
      const size = 24 * 36;
      for (let i = 0; i < size; i++) {
        for (const [a, b] of [
          [0, 1],
          [1, 2],
        ] as const) {
          const hue = (of: Picture): number => of.data[a * size + i]! - of.data[b * size + i]!;
          expect(Math.abs(hue(result) - hue(content))).toBeLessThan(1e-3);
        }
      }
      const change = luminance(result).data.map((value, i) => Math.abs(value - luminance(content).data[i]!));
      expect(Math.max(...change)).toBeGreaterThan(5);
    }
  });

  it('histogram: the style gets the colours of the content before it is looked at', async () => {
    const options = resolveStyle(
      'vgg-tiny',
      parseOptions(styleOptions, { ...quick, keepColors: 'histogram' }),
    );
    const perception = perceptionOf(likeVgg, options, options);
    const level = { height: 24, width: 36, rounds: 1 };
    const [part] = await styleParts(perception, [style], [1], content, level, options);
    const matched = matchHistogram(resize(style.picture, level), content);
    const found = colorStatistics(matched);
    colorStatistics(content).mean.forEach((mean, i) => expect(found.mean[i]).toBeCloseTo(mean, 1));
    const expected = await measureStyle(perception, matched, 1);
    for (const [layer, { data }] of expected)
      data.forEach((value, i) =>
        expect(Number(part!.matrices.get(layer)!.data[i])).toBeCloseTo(Number(value), 3),
      );
    expect(await painting({ keepColors: 'histogram' })).not.toEqual(await painting());
  });

  it('luminance: the style is looked at in grey, with the brightness of the content', async () => {
    const options = resolveStyle(
      'vgg-tiny',
      parseOptions(styleOptions, { ...quick, keepColors: 'luminance' }),
    );
    const perception = perceptionOf(likeVgg, options, options);
    const level = { height: 24, width: 36, rounds: 1 };
    const [colored] = await styleParts(perception, [style], [1], content, level, options);
    const inGrey = { picture: luminance(style.picture) };
    const [grey] = await styleParts(perception, [inGrey], [1], content, level, options);
    for (const [layer, { data }] of colored!.matrices)
      data.forEach((value, i) =>
        expect(Number(grey!.matrices.get(layer)!.data[i])).toBeCloseTo(Number(value), 2),
      );
    const brighter = {
      picture: { ...style.picture, data: style.picture.data.map((value) => value / 2 + 100) },
    };
    const [same] = await styleParts(perception, [brighter], [1], content, level, options);
    for (const [layer, { data }] of colored!.matrices)
      data.forEach((value, i) =>
        expect(Number(same!.matrices.get(layer)!.data[i])).toBeCloseTo(Number(value), 2),
      );
  });
});

describe('several styles', () => {
  it('painted everywhere are painted as their mean, by their weights', async () => {
    const styles = [style, other];
    const alone = await painting({}, { styles: [other] });
    expect((await painting({ styleBlend: [0, 1] }, { styles })).data).toEqual(alone.data);
    const even = await painting({}, { styles });
    expect((await painting({ styleBlend: [5, 5] }, { styles })).data).toEqual(even.data);
    expect((await painting({ styleBlend: [3, 1] }, { styles })).data).not.toEqual(even.data);
  });

  it('with masks are painted each in its place', async () => {
    const wide = waves(24, 60, 1);
    const mask = whereColumns(0, 20, 24, 60);
    const options: StyleInput = { losses: 'normalized', contentWeight: 0, tvWeight: 0, rounds: 1 };
    const result = await painting(options, { source: wide, styles: [{ ...style, mask }] });
    const change = (from: number, to: number): number =>
      Math.max(
        ...[...result.data].map((value, i) =>
          i % 60 >= from && i % 60 < to ? Math.abs(value - wide.data[i]!) : 0,
        ),
      );
    expect(change(0, 20)).toBeGreaterThan(1);
    expect(change(32, 60)).toBeLessThan(1e-4); // rounding
  });

  it('tell their losses apart by number where masks keep them apart', async () => {
    const styles = [
      { ...style, mask: whereColumns(0, 12, 12, 24) },
      { ...other, mask: whereColumns(12, 24, 12, 24) }, // of another size than the content: stretched
    ];
    const events = await all(paint(likeVgg, content, styles, { ...quick, rounds: 1 }));
    expect(Object.keys(of(events, 'round')[0]!.terms)).toEqual([
      'content',
      'style 1 conv_1',
      'style 1 conv_2',
      'style 1 conv_3',
      'style 2 conv_1',
      'style 2 conv_2',
      'style 2 conv_3',
      'total variation',
    ]);
  });
});

describe('pictures of all kinds', () => {
  it('grey content, grey styles and coloured masks', async () => {
    const mask = { picture: noise(3, 1, 9, 9), mask: noise(4, 3, 5, 5) };
    const result = await painting({}, { source: noise(2, 1, 24, 30), styles: [mask, style] });
    expect(result).toMatchObject({ channels: 3, height: 24, width: 30 });
    expect(result.data.every(Number.isFinite)).toBe(true);
  });

  it('of one colour', async () => {
    const flat = { ...picture(3, 24, 24), data: new Float32Array(3 * 24 * 24).fill(60) };
    for (const keepColors of ['none', 'luminance', 'histogram'] as const) {
      for (const backbone of [likeVgg, likeInception]) {
        const result = await painting(
          { keepColors, rounds: 1 },
          { source: flat, styles: [{ picture: flat }], backbone },
        );
        expect(result.data.every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('the content is brought to the height asked for, in its proportions', async () => {
    const events = await all(paint(likeVgg, waves(40, 90, 1), [style], { ...quick, height: 20, rounds: 1 }));
    expect(events[0]).toMatchObject({ height: 20, width: 45 });
    expect(of(events, 'done')[0]?.picture).toMatchObject({ height: 20, width: 45 });
  });

  it('average pooling gives another painting than max pooling', async () => {
    const average = tinyBackbone({ name: 'vgg-tiny', pooling: 'average' });
    expect((await painting({}, { backbone: average })).data).not.toEqual((await painting()).data);
  });
});

describe('when it is told to stop', () => {
  it('gives the picture as it is, after the evaluation that goes on', async () => {
    for (const optimizer of ['lbfgs', 'adam'] as const) {
      const controller = new AbortController();
      const events: StyleEvent[] = [];
      const options: StyleInput = { ...quick, optimizer, rounds: 50 };
      for await (const event of paint(likeVgg, content, [style], options, controller.signal)) {
        events.push(event);
        if (of(events, 'evaluation').length === 3) controller.abort();
      }
      expect(of(events, 'evaluation')).toHaveLength(3);
      expect(of(events, 'round').at(-1)?.terms).toHaveProperty('content');
      const [done] = of(events, 'done');
      expect(done?.reason).toBe('aborted');
      expect(done?.picture.data).not.toEqual(content.data);
      expect(events.at(-1)).toBe(done);
    }
  });

  it('before it has begun, gives the content', async () => {
    for (const optimizer of ['lbfgs', 'adam'] as const) {
      const events = await all(
        paint(likeVgg, content, [style], { ...quick, optimizer }, AbortSignal.abort()),
      );
      expect(of(events, 'evaluation')).toEqual([]);
      expect(of(events, 'done')).toMatchObject([{ reason: 'aborted', picture: { data: content.data } }]);
    }
  });

  it('while the pyramid is at a coarse size, gives the picture in the size that was asked for', async () => {
    const controller = new AbortController();
    const options: StyleInput = { ...quick, height: 130, pyramid: 2, rounds: 10 };
    const events: StyleEvent[] = [];
    for await (const event of paint(likeVgg, content, [style], options, controller.signal)) {
      events.push(event);
      if (event.type === 'evaluation') controller.abort();
    }
    const [start] = of(events, 'start');
    const [round] = of(events, 'round');
    const [done] = of(events, 'done');
    expect(round!.picture.height).toBeLessThan(start!.height);
    expect([done!.picture.height, done!.picture.width]).toEqual([start!.height, start!.width]);
  });

  it('says where, and told to stop there comes to the same picture: in a round, between rounds, between sizes', async () => {
    const options: StyleInput = { ...quick, height: 130, pyramid: 2, rounds: 4, evaluations: 4 };
    const stopped = async (at: (event: StyleEvent) => boolean, later = 0): Promise<StyleEvent[]> => {
      const controller = new AbortController();
      const events: StyleEvent[] = [];
      let waiting: number | undefined; // evaluations of the network until Ctrl-C
      const watched: Backbone = {
        ...likeVgg,
        activations: (pixels, names) => {
          if (waiting !== undefined && waiting-- === 0) controller.abort();
          return likeVgg.activations(pixels, names);
        },
      };
      for await (const event of paint(watched, content, [style], options, controller.signal)) {
        events.push(event);
        if (!at(event)) continue;
        if (later === 0) controller.abort();
        else waiting ??= later - 1;
      }
      return events;
    };
    const between = (round: number) => (event: StyleEvent) => event.type === 'round' && event.round === round;
    const cases = [
      await stopped((event) => event.type === 'evaluation' && event.evaluation >= 6),
      await stopped(between(1)),
      await stopped(between(3), 1), // while the next size is made ready
    ];
    expect(cases.map((events) => of(events, 'done')[0]?.stoppedAt?.round)).toEqual([2, 1, 3]);
    expect(of(cases[2]!, 'round').map(({ round }) => round)).toEqual([1, 2, 3]);
    for (const events of cases) {
      const [done] = of(events, 'done');
      expect(done?.reason).toBe('aborted');
      const { evaluation } = done!.stoppedAt!;
      expect(evaluation).toBe(of(events, 'evaluation').at(-1)?.evaluation);
      const again = await stopped((event) => event.type === 'evaluation' && event.evaluation >= evaluation);
      expect(of(again, 'done')[0]).toEqual(done);
      expect(of(again, 'round').at(-1)).toEqual(of(events, 'round').at(-1));
    }
  });

  it('by leaving the loop, ends without a fault', async () => {
    for await (const event of paint(likeVgg, content, [style], quick)) if (event.type === 'evaluation') break;
  });
});

describe('what cannot be painted is refused in one line', () => {
  const two = [style, other];
  const black = picture(1, 4, 4);
  const short: Backbone = { ...likeVgg, smallestSize: () => 40 };
  const cases: [
    string,
    StyleInput,
    { styles?: readonly StylePicture[]; source?: Picture; backbone?: Backbone },
    RegExp,
  ][] = [
    ['no style', {}, { styles: [] }, /^style: no style picture was given; give at least one$/],
    [
      'too few weights',
      { styleBlend: [1] },
      { styles: two },
      /--style-blend: 1 weight was given for 2 style pictures/,
    ],
    ['weights of 0', { styleBlend: [0, 0] }, { styles: two }, /--style-blend: all weights are 0/],
    [
      'weights none of which counts',
      { contentWeight: 0, styleWeight: 0, tvWeight: 0 },
      {},
      /^--content-weight, --style-weight and --tv-weight: all of them are 0, so nothing would be painted; /,
    ],
    [
      'a black mask',
      {},
      { styles: [style, { ...other, mask: black }] },
      /^mask 2: it is black all over, so style 2 would be painted nowhere/,
    ],
    [
      'a black mask that has a name',
      {},
      { styles: [style, { ...other, mask: black, name: 'wave.png', maskName: 'sky.png' }] },
      /^sky\.png: it is black all over, so wave\.png would be painted nowhere/,
    ],
    [
      'an unknown layer',
      { contentLayer: 'conv_8' },
      {},
      /layer "conv_8" does not exist in vgg-tiny; nearest: conv_/,
    ],
    [
      'a network without the layers of the preset',
      { contentLayer: undefined },
      {},
      /^--content-layer: what is taken by default is not in vgg-tiny; name some of its own layers, as conv_1/,
    ],
    [
      'a size too small',
      {},
      { backbone: short },
      /--height: at 36x24 vgg-tiny has no output.*at least 40 pixels/,
    ],
    [
      'a style too small',
      { styleSize: 0.5, height: 48 },
      { backbone: short },
      /style 1: at 36x36 vgg-tiny has no output.*raise --style-size/,
    ],
    [
      'too little memory',
      { maxMemory: 0.5 },
      {},
      /memory: this needs about \d+\.\d GiB, and 0\.5 GiB may be used; lower --height, or raise --max-memory/,
    ],
    ['a picture far too wide', { height: 8000 }, { source: picture(3, 1, 3000) }, /memory: this needs about/],
    [
      'one evaluation a round',
      { evaluations: 1 },
      {},
      /--evaluations: 1 is too few for L-BFGS.*choose --optimizer adam/,
    ],
    [
      'weights beyond all numbers',
      { styleWeight: 1e40 },
      { backbone: likeInception },
      /^loss: style conv_1, style conv_2, style conv_3 is infinite or no number; lower the weights/,
    ],
    [
      'weights whose gradient is beyond them',
      { styleWeight: 3e38 },
      { backbone: likeInception },
      /^loss: it or its gradient is infinite or no number; lower the weights/,
    ],
    ['an unknown option', { heigth: 3 } as StyleInput, {}, /option heigth: there is no such option/],
  ];
  it.each(cases)('%s', async (_, options, pictures, message) => {
    const work = painting(options, pictures);
    await expect(work).rejects.toThrow(InputError);
    await expect(work).rejects.toThrow(message);
    await expect(work).rejects.not.toThrow(/\n/);
  });

  it('while one evaluation a round is enough for Adam', async () => {
    await expect(painting({ evaluations: 1, optimizer: 'adam' })).resolves.toMatchObject({ height: 24 });
  });
});

/** A picture of soft coloured waves. */
function waves(height: number, width: number, seed: number): Picture {
  const size = height * width;
  const data = Float32Array.from({ length: 3 * size }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / size), Math.floor(i / width) % height, i % width];
    return 127 + 90 * Math.sin((row * (channel + 1)) / 7 + seed) * Math.cos(column / 9 + channel);
  });
  return picture(3, height, width, data);
}

/** White in some columns. */
function whereColumns(from: number, to: number, height: number, width: number): Picture {
  const data = Float32Array.from({ length: height * width }, (_, i) =>
    i % width >= from && i % width < to ? 255 : 0,
  );
  return picture(1, height, width, data);
}
