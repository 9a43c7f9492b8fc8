import type { InputReference } from 'latentbrush/studio';

/** A picture that the page can show. */
export type PictureReference = Extract<
  InputReference,
  { upload: string } | { job: string } | { example: string }
>;

/** The text of a picture for an address: `example:cat`, `upload:0f3c…`, `job:ID:dream.png`. */
export function asText(picture: PictureReference): string {
  if ('example' in picture) return `example:${picture.example}`;
  if ('upload' in picture) return `upload:${picture.upload}`;
  return `job:${picture.job}:${picture.file}`;
}

/** The picture of a text in an address; undefined for none. */
export function fromText(text: string | null | undefined): PictureReference | undefined {
  const [kind, name, ...file] = (text ?? '').split(':');
  if (name === undefined || name === '') return undefined;
  if (kind === 'example') return { example: name };
  if (kind === 'upload') return { upload: name };
  return kind === 'job' && file.length > 0 ? { job: name, file: file.join(':') } : undefined;
}

/** The input picture of a job: jobs store the paths of their inputs. */
export function fromPath(path: unknown): PictureReference | undefined {
  if (typeof path !== 'string') return undefined;
  const plain = path.replaceAll('\\', '/');
  const upload = /\/uploads\/([0-9a-f]{24})\//.exec(plain)?.[1];
  if (upload !== undefined) return { upload };
  const example = /\/examples\/([\w-]+)\.jpg$/.exec(plain)?.[1];
  if (example !== undefined) return { example };
  const [, job, file] = /\/jobs\/([^/]+)\/(.+)$/.exec(plain) ?? [];
  return job === undefined || file === undefined ? undefined : { job, file };
}
