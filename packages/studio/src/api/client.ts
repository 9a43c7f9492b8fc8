import { hc } from 'hono/client';
import type { StoredWords, StudioApp } from 'latentbrush/studio';

/** The routes of the studio's server, typed by the server itself. */
export const client = hc<StudioApp>('/');

/** A refusal of the server: its sentence has the names of options as data, so that a form can show it at the field. */
export class ServerError extends Error {
  readonly words: StoredWords;
  readonly status: number;

  constructor(words: StoredWords, status: number) {
    super(words.map((part) => (typeof part === 'string' ? part : part.option)).join(''));
    this.words = words;
    this.status = status;
  }
}

interface Answer<T> {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<T>;
}

/**
 * The answer to a request.
 * @throws ServerError when the server refused it, or does not answer
 */
export async function answerOf<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch {
    throw new ServerError([], 0); // the page has its own message for that
  }
  if (answer.ok) return answer.json();
  const refused = (await answer.json().catch(() => ({}))) as { error?: StoredWords };
  throw new ServerError(Array.isArray(refused.error) ? refused.error : [], answer.status);
}

/** A request with a value as its body. */
export function asJson(value: unknown) {
  return { headers: { 'content-type': 'application/json' }, init: { body: JSON.stringify(value) } };
}
