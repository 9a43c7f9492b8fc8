import { execFileSync } from 'node:child_process';

/** Whether the program `ffmpeg` is installed. */
export const hasFfmpeg = ((): boolean => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A video decoded by ffmpeg: its size, frames per second as a fraction, and all frames as RGB bytes. */
export function decodeVideo(path: string): { size: string; rate: string; frames: Uint8Array[] } {
  const probe = execFileSync(
    'ffprobe',
    [
      '-v',
      'error',
      '-select_streams',
      'v:0',
      '-show_entries',
      'stream=width,height,r_frame_rate',
      '-of',
      'json',
      path,
    ],
    { encoding: 'utf8' },
  );
  const [stream] = (
    JSON.parse(probe) as { streams: { width: number; height: number; r_frame_rate: string }[] }
  ).streams;
  if (stream === undefined) throw new Error(`${path}: no video stream`);
  const { width, height, r_frame_rate: rate } = stream;
  const raw = execFileSync(
    'ffmpeg',
    ['-loglevel', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
    { maxBuffer: 2 ** 28 },
  );
  const bytes = 3 * width * height;
  const frames = Array.from({ length: raw.length / bytes }, (_, i) =>
    raw.subarray(i * bytes, (i + 1) * bytes),
  );
  return { size: `${width}x${height}`, rate, frames };
}
