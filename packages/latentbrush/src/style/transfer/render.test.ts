import { describe, expect, it } from 'vitest';
import { PixelObjective, type Backbone } from '../../pretrained/index.ts';
import {
  colorStatistics,
  luminance,
  matchHistogram,
  picture,
  resize,
  type Picture,
} from '../../image/index.ts';
import { noise } from '../../image/testing/noise.ts';
import { parseOptions } from '../../options.ts';
import { measureContent, measureStyle, styleTerms } from './loss.ts';
import { styleOptions, resolveStyle, type StyleInput } from './options.ts';
import { perceptionOf } from '../presets.ts';
import { paint } from './render.ts';
import { styleParts } from './style-parts.ts';
import { tinyBackbone } from '../testing/tiny-perception.ts';
import {
  likeVgg,
  likeInception,
  content,
  style,
  other,
  quick,
  all,
  of,
  painting,
  waves,
  whereColumns,
} from '../testing/painting.ts';

describe('events of painting', () => {
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

  it('loss and terms of a round are those of its picture', async () => {
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

  it('from coarse to fine: sizes double, rounds have their size, and the loss falls at each', async () => {
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
    expect(Math.abs(covariance[0][1])).toBeLessThan(1000); // the channels are independent
  });

  it('noise becomes similar to the content with the content loss alone', async () => {
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
  it('luminance: each pixel keeps the hue of the content, and only its brightness changes', async () => {
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

  it('histogram: the style gets the colours of the content before it is measured', async () => {
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

  it('luminance: the style is measured in grey, with the brightness of the content', async () => {
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
  it('without masks are painted as their weighted mean', async () => {
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

  it('have numbered losses if masks separate them', async () => {
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

  it('the content is resized to the given height, in its proportions', async () => {
    const events = await all(paint(likeVgg, waves(40, 90, 1), [style], { ...quick, height: 20, rounds: 1 }));
    expect(events[0]).toMatchObject({ height: 20, width: 45 });
    expect(of(events, 'done')[0]?.picture).toMatchObject({ height: 20, width: 45 });
  });

  it('average pooling gives another painting than max pooling', async () => {
    const average = tinyBackbone({ name: 'vgg-tiny', pooling: 'average' });
    expect((await painting({}, { backbone: average })).data).not.toEqual((await painting()).data);
  });
});
