import { InputError } from '@latentbrush/engine';
import { describe, expect, it } from 'vitest';
import type { FolderPicture } from '../../data/index.ts';
import { picture } from '../../image/index.ts';
import { paintPictures, type PaintedPicture, type Painter } from './paint-pictures.ts';

/** Refuses pictures that are less than 16 pixels high by their names, those more than 100 pixels high without. */
const painter: Painter = {
  paint: (source, name) => {
    if (source.height < 16) return Promise.reject(new InputError(`${name}: is too small`));
    if (source.height > 100) return Promise.reject(new InputError('memory: is too little'));
    return Promise.resolve(source);
  },
};

async function* folder(...pictures: FolderPicture[]): AsyncGenerator<FolderPicture> {
  for (const each of pictures) yield await Promise.resolve(each);
}

async function events(using: Painter, ...pictures: FolderPicture[]): Promise<PaintedPicture[]> {
  const all: PaintedPicture[] = [];
  for await (const event of paintPictures(using, folder(...pictures))) all.push(event);
  return all;
}

describe('paintPictures', () => {
  it('paints the rest when one cannot be read, is too small or too large, and names each', async () => {
    const good = picture(3, 20, 20);
    expect(
      await events(
        painter,
        { path: 'a.png', picture: picture(3, 1, 1) },
        { path: 'b.png', reason: 'b.png: is empty' },
        { path: 'c.png', picture: good },
        { path: 'd.png', picture: picture(3, 101, 1) },
      ),
    ).toEqual([
      { type: 'skipped', path: 'a.png', reason: 'a.png: is too small' },
      { type: 'skipped', path: 'b.png', reason: 'b.png: is empty' },
      { type: 'painted', path: 'c.png', picture: good },
      { type: 'skipped', path: 'd.png', reason: 'd.png: memory: is too little' },
    ]);
  });

  it('stops at an error that no picture caused', async () => {
    const broken: Painter = { paint: () => Promise.reject(new Error('out of order')) };
    await expect(events(broken, { path: 'a.png', picture: picture(3, 1, 1) })).rejects.toThrow(
      'out of order',
    );
  });
});
