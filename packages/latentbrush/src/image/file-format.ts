/** A format of picture files that can be read. */
export type ReadableFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'AVIF' | 'TIFF';

/** What the first bytes of a file say. */
export type FileFormat =
  | { readonly readable: ReadableFormat }
  /** Something else; `known` is its name with its article, or undefined when nobody can tell. */
  | { readonly readable: undefined; readonly known: string | undefined };

const SIGNATURES: readonly (readonly [ReadableFormat, (head: string) => boolean])[] = [
  ['JPEG', (head) => head.startsWith('\xff\xd8\xff')],
  ['PNG', (head) => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['WebP', (head) => head.startsWith('RIFF') && head.startsWith('WEBP', 8)],
  ['GIF', (head) => head.startsWith('GIF87a') || head.startsWith('GIF89a')],
  ['AVIF', (head) => brands(head).some((brand) => brand === 'avif' || brand === 'avis')],
  ['TIFF', (head) => /^(?:II[*+]\0|MM\0[*+])/.test(head)],
];

/** Files that people give for pictures. To know them makes a better message. */
const OTHERS: readonly (readonly [string, (head: string) => boolean])[] = [
  ['a HEIC picture', (head) => brands(head).some((brand) => /^(?:hei[cmsx]|hev[cmx]|mif1)$/.test(brand))],
  ['a film', (head) => head.startsWith('ftyp', 4) || head.startsWith('\x1aE\xdf\xa3')],
  ['an SVG drawing', (head) => /^(?:\xef\xbb\xbf)?\s*<(?:[^]*<)?svg[\s>]/i.test(head)],
  ['a web page', (head) => /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)/i.test(head)],
  ['a PDF', (head) => head.startsWith('%PDF-')],
  ['a Photoshop file', (head) => head.startsWith('8BPS')],
  ['a BMP picture', (head) => head.startsWith('BM') && head.startsWith('\0\0\0\0', 6)],
  ['a JPEG XL picture', (head) => head.startsWith('\xff\x0a') || head.startsWith('JXL ', 4)],
  ['a JPEG 2000 picture', (head) => head.startsWith('jP  ', 4) || head.startsWith('\xff\x4f\xff\x51')],
  ['a ZIP archive', (head) => head.startsWith('PK\x03\x04')],
];

/** The longest beginning that is looked at; an SVG drawing may start with a long comment. */
export const HEAD_BYTES = 1024;

/** The format of a file by its first bytes. Names and extensions lie; bytes do not. */
export function fileFormat(bytes: Uint8Array): FileFormat {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES)).toString(
    'latin1',
  );
  for (const [readable, matches] of SIGNATURES) if (matches(head)) return { readable };
  return { readable: undefined, known: OTHERS.find(([, matches]) => matches(head))?.[0] };
}

/** The brands of an ISO base media file (ISO/IEC 14496-12, 4.3: `ftyp`, major brand, version, compatible brands). */
function brands(head: string): string[] {
  if (!head.startsWith('ftyp', 4)) return [];
  const box = head.slice(8, Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE());
  return [box.slice(0, 4), ...(box.slice(8).match(/[^]{4}/g) ?? [])];
}
