import { extname } from 'node:path';
import { InputError } from '@latentbrush/engine';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { webpThumbnail } from '../../image/index.ts';
import { wordsOf } from '../../jobs/public.ts';
import { NotThereError, TooManyError, type StoredWords } from '../queue/job-queue.ts';
import { storedWords } from '../queue/stored-words.ts';

/** Content types of job files. All other files are downloads: a file of a job is never a page. */
const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.avif': 'image/avif',
  '.mp4': 'video/mp4',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Headers of a picture that never changes: browsers cache it for a day, so a gallery scrolls without new requests. */
export const KEPT = { 'Cache-Control': 'private, max-age=86400' };

/** Answers with a file; with `?size=`, with a smaller version as WebP. */
export async function picture(
  context: Context,
  bytes: Uint8Array,
  name: string,
  kept: Readonly<Record<string, string>>,
): Promise<Response> {
  const size = Number(context.req.query('size') ?? 0);
  if (Number.isInteger(size) && size >= 16 && size <= 2048) {
    return context.body(new Uint8Array(await webpThumbnail(bytes, name, size)), 200, {
      'Content-Type': 'image/webp',
      ...kept,
    });
  }
  const type = TYPES[extname(name).toLowerCase()];
  const headers =
    type === undefined
      ? { 'Content-Type': 'application/octet-stream', 'Content-Disposition': 'attachment' }
      : { 'Content-Type': type };
  return context.body(new Uint8Array(bytes), 200, { ...headers, ...kept });
}

/** Answers with bytes that change with a tag; a browser with the same tag gets no bytes again. */
export function tagged(
  context: Context,
  tag: string,
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
): Response {
  const headers = { ETag: `"${tag}"`, 'Cache-Control': 'no-cache' };
  if (context.req.header('if-none-match') === headers.ETag) return context.body(null, 304, headers);
  return context.body(bytes, 200, { ...headers, 'Content-Type': type });
}

/** Answers to a request that is too large. */
export function tooLarge(context: Context): Response {
  return context.json({ error: ['the request is larger than the studio takes'] }, 413);
}

/**
 * Answers with an error: a sentence with the names of options as data.
 * @param onError called with an error that is a bug of the studio
 */
export function answerError(
  error: Error,
  context: Context,
  onError: ((error: Error) => void) | undefined,
): Response {
  if (error instanceof HTTPException)
    return context.json(
      { error: [error.status === 404 ? 'there is no such page' : error.message] },
      error.status,
    );
  if (error instanceof z.ZodError || error instanceof SyntaxError || error instanceof URIError)
    return context.json({ error: ['the request is not one of the studio'] }, 400);
  if (error instanceof InputError) return context.json({ error: errorWords(error) }, statusOf(error));
  onError?.(error);
  return context.json({ error: ['the studio failed; its terminal shows why'] }, 500);
}

function statusOf(error: InputError): 400 | 404 | 429 {
  if (error instanceof NotThereError) return 404;
  return error instanceof TooManyError ? 429 : 400;
}

function errorWords(error: Error): StoredWords {
  return storedWords(wordsOf(error));
}
