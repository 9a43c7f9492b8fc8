import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

type Triple = readonly [number, number, number];

const tokens = await readFile(new URL('../../../design/tokens.css', import.meta.url), 'utf8');

/** A colour of a theme, as linear RGB. */
function token(name: string, theme: 'light' | 'dark'): Triple {
  const value = new RegExp(`--${name}: ([^;]+);`).exec(tokens)![1]!;
  const other = /^var\(--(.+)\)$/.exec(value);
  if (other !== null) return token(other[1]!, theme);
  const both = [...value.matchAll(/oklch\(([\d. ]+)\)/g)];
  const [l = 0, c = 0, h = 0] = both[theme === 'light' ? 0 : 1]![1]!.split(' ').map(Number);
  return linearRgb(l, c, h);
}

/** From OKLCH, by Ottosson's definition. */
function linearRgb(lightness: number, chroma: number, hue: number): Triple {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return clipped([
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]);
}

function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
  ]; // prettier-ignore
}

/** What eyes see, by the matrices of Machado, Oliveira and Fernandes 2009 for a complete deficiency. */
const EYES: Readonly<Record<string, readonly Triple[]>> = {
  'all colours': [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  'no red': [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  'no green': [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  'no blue': [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}; // prettier-ignore

function seen([r, g, b]: Triple, eye: readonly Triple[]): Triple {
  return clipped(eye.map(([x, y, z]) => x * r + y * g + z * b) as unknown as Triple);
}

function clipped(color: Triple): Triple {
  return color.map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple;
}

function contrast(a: Triple, b: Triple): number {
  const [dark = 0, light = 0] = [a, b]
    .map(([r, g, blue]) => 0.2126 * r + 0.7152 * g + 0.0722 * blue)
    .sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['light', 'dark'] as const)('the colours of the curves, %s', (theme) => {
  const colors = [1, 2, 3, 4, 5, 6].map((number) => token(`curve-${number}`, theme));

  it.each(Object.entries(EYES))('differ for eyes that see %s', (_, eye) => {
    const points = colors.map((color) => oklab(seen(color, eye)));
    const distances = points.flatMap((a, i) =>
      points.slice(i + 1).map((b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])),
    );
    expect(Math.min(...distances)).toBeGreaterThan(0.12);
  });

  it('stand out from the page', () => {
    for (const ground of ['ground', 'surface'])
      for (const color of colors) expect(contrast(color, token(ground, theme))).toBeGreaterThan(3);
  });
});
