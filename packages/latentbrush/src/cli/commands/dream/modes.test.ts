import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import { modeOf, refuseIdleFlags } from './modes.ts';

/** The result for a picture, or a folder, with these flags. */
const check = (given: Record<string, unknown>, folder = false, output?: string): void => {
  refuseIdleFlags(given, modeOf(given, folder), output);
};

describe('the flags of latentbrush dream', () => {
  it.each<[object, boolean, string]>([
    [{}, false, 'picture'],
    [{}, true, 'frames'],
    [{ zoom: '1.1' }, false, 'zoom'],
    [{ frames: '9' }, false, 'zoom'],
    [{ explore: '3' }, false, 'exploration'],
  ])('%j, with a folder: %s, need %s', (given, folder, mode) => {
    expect(modeOf({ ...given }, folder)).toBe(mode);
  });

  it.each<[Record<string, unknown>, boolean, string | undefined]>([
    [{ saveOctaves: true, size: '400', objective: 'mean' }, false, 'x.png'],
    [{ zoom: '1.1', frames: '9', fps: '10' }, false, undefined],
    [{ zoom: '1.1' }, false, 'folder'],
    [{ carry: '0.5', fps: '10' }, true, 'x.gif'],
    [{ explore: '3', noise: '96x96', guide: 'a.png' }, false, undefined],
  ])('%j, with a folder: %s, to %s, are accepted', (given, folder, output) => {
    expect(() => check(given, folder, output)).not.toThrow();
  });

  it.each<[Record<string, unknown>, boolean, string | undefined, string]>([
    [
      { carry: '5' },
      false,
      undefined,
      '--carry: works with the frames of an animation (a folder, a GIF or a WebP), not with one picture; leave it out',
    ],
    [
      { fps: '5' },
      false,
      undefined,
      '--fps: works with a zoom (--zoom, --frames) or the frames of an animation (a folder, a GIF or a WebP), not with one picture; leave it out',
    ],
    [
      { explore: '3', zoom: '1.05' },
      false,
      undefined,
      '--zoom: works with a zoom (--zoom, --frames), not with an exploration (--explore); leave it out',
    ],
    [{ explore: '3', frames: '9' }, false, undefined, '--frames: works with'],
    [
      { explore: '3', saveOctaves: true },
      false,
      undefined,
      '--save-octaves: works with one picture, not with an exploration (--explore); leave it out',
    ],
    [
      { zoom: '1.1', saveOctaves: true },
      false,
      undefined,
      '--save-octaves: works with one picture, not with a zoom',
    ],
    [
      { zoom: '1.1', carry: '1' },
      false,
      undefined,
      '--carry: works with the frames of an animation (a folder, a GIF or a WebP), not with a zoom',
    ],
    [
      { saveOctaves: true },
      true,
      undefined,
      '--save-octaves: works with one picture, not with the frames of an animation (a folder, a GIF or a WebP)',
    ],
    [
      { noise: '96x96', size: '50' },
      false,
      undefined,
      '--size: changes nothing with --noise: --noise already gives the size; leave it out',
    ],
    [
      { guide: 'a.png', objective: 'mean' },
      false,
      undefined,
      '--objective: changes nothing with --guide: the dream follows the guide, with any objective; leave it out',
    ],
    [
      { fps: '10' },
      true,
      undefined,
      '--fps: pictures in a folder have no speed; leave it out, or write to .gif, .webp or .mp4 with -o',
    ],
    [{ fps: '10', zoom: '1.1' }, false, 'folder', '--fps: pictures in a folder have no speed'],
  ])('%j, with a folder: %s, to %s, are refused', (given, folder, output, message) => {
    expect(() => check(given, folder, output)).toThrow(InputError);
    expect(() => check(given, folder, output)).toThrow(message);
  });
});
