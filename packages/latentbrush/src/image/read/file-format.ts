import { isBmp } from './bmp-header.ts';

/** A format of picture files that can be read. */
export type ReadableFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'AVIF' | 'TIFF' | 'BMP';

/** The format by the first bytes of a file. */
export interface FileFormat {
  readonly readable: ReadableFormat | undefined;
  /** The name of another kind of file, with its article; undefined when it is unknown. */
  readonly known?: string | undefined;
  /** Whether it is a picture that other programs read. */
  readonly isPicture?: boolean;
}

const SIGNATURES: readonly (readonly [ReadableFormat, (head: string, bytes: Uint8Array) => boolean])[] = [
  ['JPEG', (head) => head.startsWith('\xff\xd8\xff')],
  ['PNG', (head) => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['WebP', (head) => head.startsWith('RIFF') && head.startsWith('WEBP', 8)],
  ['GIF', (head) => head.startsWith('GIF87a') || head.startsWith('GIF89a')],
  ['AVIF', (head) => brands(head).some((brand) => brand === 'avif' || brand === 'avis')],
  ['TIFF', (head) => /^(?:II[*+]\0|MM\0[*+])/.test(head)],
  ['BMP', (_, bytes) => isBmp(bytes)],
];

/** Files that people pass as pictures. We recognise them for better messages. */
const OTHERS: readonly (readonly [string, (head: string) => boolean])[] = [
  [
    'a HEIC picture',
    (head) => brands(head).some((brand) => /^(?:hei[cmsx]|hev[cmx]|mif1|msf1)$/.test(brand)),
  ],
  ['a camera raw file', (head) => brands(head).some((brand) => brand === 'crx ')],
  ['a video', (head) => head.startsWith('ftyp', 4) || head.startsWith('\x1aE\xdf\xa3')],
  ['an SVG drawing', (head) => /^(?:\xef\xbb\xbf)?\s*<(?:[^]*<)?svg[\s>]/i.test(head)],
  ['a web page', (head) => /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)/i.test(head)],
  ['a PDF', (head) => head.startsWith('%PDF-')],
  ['a Photoshop file', (head) => head.startsWith('8BPS')],
  ['a JPEG XL picture', (head) => head.startsWith('\xff\x0a') || head.startsWith('JXL ', 4)],
  ['a JPEG 2000 picture', (head) => head.startsWith('jP  ', 4) || head.startsWith('\xff\x4f\xff\x51')],
  ['a GIMP picture', (head) => head.startsWith('gimp xcf')],
  ['an OpenEXR picture', (head) => head.startsWith('v/1\x01')],
  ['an icon', (head) => head.startsWith('\0\0\x01\0')],
  ['a Netpbm picture', (head) => /^P[1-7]\s/.test(head)],
  ['a camera raw file', (head) => head.startsWith('FUJIFILMCCD-RAW') || /^IIR[OS]/.test(head)],
  ['a ZIP archive', (head) => head.startsWith('PK\x03\x04')],
];

/** Those of them that are clearly no pictures. */
const NO_PICTURES = new Set(['a video', 'a web page', 'a ZIP archive']);

/**
 * Extensions of raw files of cameras. Most are TIFF files whose first picture is a small preview: to read it in place of the photograph
 * would be wrong.
 */
export const RAW_ENDINGS = ['.dng', '.cr2', '.cr3', '.nef', '.arw', '.raf', '.orf', '.rw2', '.pef', '.srw'];

/** Whether a file is the raw file of a camera by its name. */
export function isRawName(path: string): boolean {
  return RAW_ENDINGS.some((ending) => path.toLowerCase().endsWith(ending));
}

/** Number of bytes to check at the beginning of a file. An SVG drawing can start with a long comment. */
export const HEAD_BYTES = 1024;

/** The format of a file by its first bytes. Names and extensions can be wrong. */
export function fileFormat(bytes: Uint8Array): FileFormat {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES)).toString(
    'latin1',
  );
  for (const [readable, matches] of SIGNATURES) if (matches(head, bytes)) return { readable };
  const known = OTHERS.find(([, matches]) => matches(head))?.[0];
  return { readable: undefined, known, isPicture: known !== undefined && !NO_PICTURES.has(known) };
}

/** The brands of an ISO base media file (ISO/IEC 14496-12, 4.3: `ftyp`, major brand, version, compatible brands). */
function brands(head: string): string[] {
  if (!head.startsWith('ftyp', 4)) return [];
  const box = head.slice(8, Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE());
  return [box.slice(0, 4), ...(box.slice(8).match(/[^]{4}/g) ?? [])];
}
