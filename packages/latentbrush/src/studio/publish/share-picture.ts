import {
  crop,
  decodePicture,
  drawText,
  encodePicture,
  LINE_HEIGHT,
  montage,
  picture,
  resize,
  wrapText,
  type Picture,
} from '../../image/index.ts';
import type { DrawnMap } from '../models/latent-map.ts';

/** Size that services show when a page is shared, in pixels. */
const [WIDTH, HEIGHT] = [1200, 630];

/** Tiles of a picture of a latent space. */
const [COLUMNS, ROWS] = [10, 5];

/** The background, 0 to 255. */
const DARK = 20;

/** A picture of a latent space, for sharing: some of the pictures of its map. @returns a JPEG file of 1200x630 pixels */
export async function pictureOfSpace({ map, sheet }: DrawnMap): Promise<Uint8Array> {
  const { columns, tile } = map.sheet;
  const all = await decodePicture(sheet, 'sheet.webp');
  const side = Math.floor(WIDTH / COLUMNS) - 8;
  const count = Math.min(COLUMNS * ROWS, map.points.length);
  const tiles = Array.from({ length: count }, (_, index) => {
    const [top, left] = [Math.floor(index / columns) * tile, (index % columns) * tile];
    return resize(crop(all, top, left, tile, tile), { height: side, width: side });
  });
  const shown = montage(tiles, { columns: COLUMNS, gap: 8, background: [DARK, DARK, DARK] });
  return encodePicture(inMiddle(shown), 'jpeg', { quality: 85 });
}

/** A painted picture, for sharing. @returns a JPEG file of 1200x630 pixels */
export async function pictureOfStyle(painted: Picture): Promise<Uint8Array> {
  return encodePicture(resize(painted, { height: HEIGHT, width: WIDTH }), 'jpeg', { quality: 85 });
}

/** Size of a pixel of the font in a picture of a text. */
const LETTER = 4;

/** From the edge of a picture of a text to its letters, in pixels. */
const MARGIN = 60;

/**
 * A picture of a text, for sharing.
 * @returns a JPEG file of 1200x630 pixels; undefined when our letters cannot write the text: they are ASCII
 */
export async function pictureOfText(text: string): Promise<Uint8Array | undefined> {
  if (/[^\n\r\t -~]/.test(text)) return undefined;
  const target = background();
  const lines = wrapText(
    text,
    (WIDTH - 2 * MARGIN) / LETTER,
    Math.floor((HEIGHT - 2 * MARGIN) / (LINE_HEIGHT * LETTER)),
  );
  for (const [index, line] of lines.entries())
    drawText(target, line, MARGIN + index * LINE_HEIGHT * LETTER, MARGIN, [235, 230, 220], LETTER);
  return encodePicture(target, 'jpeg', { quality: 85 });
}

function background(): Picture {
  const empty = picture(3, HEIGHT, WIDTH);
  empty.data.fill(DARK);
  return empty;
}

/** A picture on the background, cropped if it is larger. */
function inMiddle(source: Picture): Picture {
  const height = Math.min(HEIGHT, source.height);
  const width = Math.min(WIDTH, source.width);
  const part = crop(source, 0, 0, height, width);
  const target = background();
  const [top, left] = [(HEIGHT - height) >> 1, (WIDTH - width) >> 1];
  for (let channel = 0; channel < 3; channel++)
    for (let row = 0; row < height; row++) {
      const from = ((part.channels === 1 ? 0 : channel) * height + row) * width;
      target.data.set(part.data.subarray(from, from + width), (channel * HEIGHT + top + row) * WIDTH + left);
    }
  return target;
}
