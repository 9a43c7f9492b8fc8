import { drawMask, type MaskStep } from './mask-steps.ts';

/** Longest side of a mask that is drawn, in pixels: masks are resized to their picture. */
const LONGEST = 1024;

/** The size of a mask for a picture. */
export function maskSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Loads a picture of the studio. */
export async function loadedImage(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/** A mask of white on black as a canvas that is opaque where the mask is white. */
export function marksOf(mask: HTMLImageElement, width: number, height: number): HTMLCanvasElement {
  const { canvas, context } = newCanvas(width, height);
  context.drawImage(mask, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let i = 0; i < pixels.data.length; i += 4) {
    const [red = 0, green = 0, blue = 0] = pixels.data.subarray(i, i + 3);
    pixels.data[i + 3] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** A mask as a PNG file: white where it is marked, black elsewhere. @returns undefined if nothing is marked */
export async function maskFile(
  steps: readonly MaskStep[],
  width: number,
  height: number,
  base: CanvasImageSource | undefined,
): Promise<File | undefined> {
  const { canvas, context } = newCanvas(width, height);
  drawMask(context, steps, { width, height, color: '#fff', base });
  const { data } = context.getImageData(0, 0, width, height);
  if (!data.some((value, i) => i % 4 === 3 && value > 0)) return undefined;
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  return blob === null ? undefined : new File([blob], 'mask.png', { type: 'image/png' });
}

function newCanvas(width: number, height: number) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('this browser draws on no canvas');
  return { canvas, context };
}
