import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Writable } from 'node:stream';
import { promisify } from 'node:util';
import { InputError } from '@latentbrush/engine';
import { writeFileAtomic } from '../../files/atomic-file.ts';
import { errorCode } from '../../files/file-error.ts';
import { FRAMES_PER_SECOND, type AnimationOptions, type FrameEncoder } from './frame-encoder.ts';
import { xmpBox } from '../recipe/mp4-xmp.ts';
import { type Recipe } from '../recipe/recipe.ts';
import { recipeXmp } from '../recipe/recipe-xmp.ts';

/** H.264 before MPEG-4 part 2, which every build of ffmpeg has but fewer players support. */
const ENCODERS: readonly (readonly [name: string, quality: readonly string[]])[] = [
  ['libx264', ['-crf', '18', '-preset', 'medium']],
  ['libopenh264', ['-b:v', '8M']],
  ['mpeg4', ['-q:v', '3']],
];

/**
 * Begins an MP4 that the program `ffmpeg` encodes frame by frame.
 * @throws InputError when there is no `ffmpeg` on the PATH or it cannot encode video for MP4
 */
export async function videoEncoder(path: string, options: AnimationOptions): Promise<FrameEncoder> {
  const codec = codecArguments(path, await listEncoders(path));
  const metadata = options.recipe && metadataOf(options.recipe);
  const folder = await mkdtemp(join(tmpdir(), 'latentbrush-'));
  const temporary = join(folder, 'animation.mp4');
  return new VideoEncoder(path, temporary, ffmpegArguments(options, codec, temporary), metadata);
}

async function listEncoders(path: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ffmpeg', [
      '-hide_banner',
      '-loglevel',
      'error',
      '-encoders',
    ]);
    return stdout;
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT';
    throw new InputError(
      `${path}: .mp4 needs the program ffmpeg, which ${missing ? 'is not on the PATH' : 'does not run here'}; install it, or choose a name that ends in .gif or .webp`,
      { cause: error },
    );
  }
}

/** Arguments for the best encoder in the listing of `ffmpeg -encoders`. */
export function codecArguments(path: string, listing: string): readonly string[] {
  const names = new Set(listing.split('\n').map((line) => line.trim().split(/\s+/)[1]));
  const found = ENCODERS.find(([name]) => names.has(name));
  if (found === undefined) {
    throw new InputError(
      `${path}: this ffmpeg has none of the encoders ${ENCODERS.map(([name]) => name).join(', ')}; install another build, or choose a name that ends in .gif or .webp`,
    );
  }
  return ['-c:v', found[0], ...found[1]];
}

function metadataOf(recipe: Recipe): Uint8Array {
  return xmpBox(recipeXmp(recipe));
}

class VideoEncoder implements FrameEncoder {
  readonly #path: string;
  readonly #temporary: string;
  #metadata: Uint8Array | undefined;
  readonly #process: ChildProcess;
  readonly #input: Writable;
  readonly #ended: Promise<Ending>;

  /** @param temporary where ffmpeg writes, in a separate folder */
  constructor(
    path: string,
    temporary: string,
    programArguments: readonly string[],
    metadata: Uint8Array | undefined,
  ) {
    this.#path = path;
    this.#temporary = temporary;
    this.#metadata = metadata;
    const child = spawn('ffmpeg', programArguments, {
      stdio: ['pipe', 'ignore', 'pipe'],
      // Ctrl-C in a terminal reaches all processes of its group: ffmpeg must survive it to finish the file.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.#process = child;
    this.#input = child.stdin;
    this.#input.on('error', () => undefined); // write() reports it, and #ended with ffmpeg's message
    this.#ended = ending(child);
  }

  async write(rgb: Uint8Array): Promise<void> {
    // The callback comes when the pipe has accepted the frame: at most one is in memory.
    const error = await new Promise<unknown>((resolve) => this.#input.write(rgb, resolve));
    if (error) throw await this.#failure();
  }

  async end(recipe?: Recipe): Promise<void> {
    if (recipe !== undefined) this.#metadata = metadataOf(recipe);
    try {
      this.#input.end();
      const { succeeded } = await this.#ended;
      if (!succeeded) throw await this.#failure();
      if (this.#metadata !== undefined) await appendFile(this.#temporary, this.#metadata);
      await writeFileAtomic(this.#path, await readFile(this.#temporary));
    } finally {
      await this.abort();
    }
  }

  async abort(): Promise<void> {
    this.#process.kill('SIGKILL'); // harmless after its end
    await this.#ended;
    await rm(dirname(this.#temporary), { recursive: true, force: true });
  }

  async #failure(): Promise<Error> {
    const { said } = await this.#ended;
    return new Error(`${this.#path}: ffmpeg stopped: ${said}`);
  }
}

function ffmpegArguments(
  { height, width, framesPerSecond = FRAMES_PER_SECOND }: AnimationOptions,
  codec: readonly string[],
  output: string,
): string[] {
  const [evenWidth, evenHeight] = [width + (width % 2), height + (height % 2)];
  const filters = [
    // Repeats the last row and column of an odd size: H.264 with halved colour resolution supports only even ones.
    ...(evenWidth === width && evenHeight === height
      ? []
      : [
          `pad=${evenWidth}:${evenHeight}`,
          `fillborders=right=${evenWidth - width}:bottom=${evenHeight - height}:mode=smear`,
        ]),
    'scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int',
    'format=yuv420p',
  ];
  // prettier-ignore
  return [
    '-hide_banner', '-loglevel', 'error', '-y',
    '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-video_size', `${width}x${height}`, '-framerate', String(framesPerSecond),
    '-i', 'pipe:0',
    '-an', '-vf', filters.join(','),
    ...codec,
    '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv',
    '-movflags', '+faststart', '-f', 'mp4', output,
  ];
}

interface Ending {
  readonly succeeded: boolean;
  /** The last line of ffmpeg's error output. */
  readonly said: string;
}

function ending(child: ChildProcess): Promise<Ending> {
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2000);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ succeeded: false, said: error.message }));
    child.on('close', (code, signal) => {
      const said = complaints.trim().split('\n').at(-1);
      const otherwise = signal === null ? `exit code ${code}` : `signal ${signal}`;
      resolve({ succeeded: code === 0, said: said === undefined || said === '' ? otherwise : said });
    });
  });
}
