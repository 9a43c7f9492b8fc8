import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** Which requests the studio accepts. */
export interface GuardOptions {
  /** The studio's own values of the `Host` header: `127.0.0.1:4242`, `localhost:4242`. */
  readonly hosts: readonly string[];
  /** The secret in the printed address of the studio. */
  readonly token: string;
  /** Name of the cookie: cookies ignore ports, so two studios need two names. */
  readonly cookie: string;
  /** A password that opens the studio from other machines, in place of the address with the token (default: none). */
  readonly password?: string | undefined;
  /** Maximum number of requests a second (default: 300, with bursts of twice as many). */
  readonly rate?: number | undefined;
}

/** 256 random bits, for an address. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Headers of every answer: no frames, no type sniffing, no foreign sources. Pages are isolated, which threads in WebAssembly need. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self' blob:",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/**
 * Answers only the user who started the studio. A request needs the studio's own host name (against DNS rebinding), must not come from
 * another site's page (against request forgery), and needs the cookie that the address with the token sets. This applies to every route.
 */
export function guard({ hosts, token, cookie, password, rate = 300 }: GuardOptions): MiddlewareHandler {
  const session = newToken();
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  const bucket = new TokenBucket(rate);
  const guesses = new TokenBucket(GUESSES_PER_MINUTE / 60, GUESSES_PER_MINUTE);
  return async (context, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
    const host = context.req.header('host')?.toLowerCase();
    if (host === undefined || !allowed.has(host))
      return refused(context, 421, 'this host name is not the studio; use the address that it printed');
    if (isForeign(context, host)) return refused(context, 403, 'this request comes from another site');
    if (!bucket.take()) return refused(context, 429, 'too many requests; wait a second');
    const given = context.req.query('token');
    if (given !== undefined && context.req.method === 'GET' && context.req.path === '/') {
      if (!isSame(given, token))
        return refused(
          context,
          403,
          'this address is from an earlier start of the studio; use the one that it printed last',
        );
      setCookie(context, cookie, session, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return context.redirect('/', 303);
    }
    if (password !== undefined && !isSame(getCookie(context, cookie) ?? '', session)) {
      const guess = passwordOf(context);
      if (guess !== undefined && !guesses.take())
        return refused(context, 429, 'too many passwords; wait a minute');
      if (guess === undefined || !isSame(guess, password)) {
        context.header('WWW-Authenticate', 'Basic realm="Latentbrush studio", charset="UTF-8"');
        return refused(context, 401, 'the studio needs its password; the user name does not matter');
      }
      setCookie(context, cookie, session, { httpOnly: true, sameSite: 'Strict', path: '/' });
      return next();
    }
    if (!isSame(getCookie(context, cookie) ?? '', session))
      return refused(context, 401, 'open the studio by the address that it printed when it started');
    return next();
  };
}

/** Whether a page of another site sent a request. Browsers say so in `Sec-Fetch-Site` or `Origin`; programs send neither. */
function isForeign(context: Context, host: string): boolean {
  const origin = context.req.header('origin');
  if (origin !== undefined && origin !== `http://${host}`) return true; // also "null"
  const site = context.req.header('sec-fetch-site');
  if (site === undefined || site === 'same-origin' || site === 'none') return false;
  // The printed address can be a link on another page: it opens the page, and does nothing else.
  const opensPage =
    context.req.method === 'GET' &&
    context.req.header('sec-fetch-mode') === 'navigate' &&
    context.req.path === '/';
  return !(opensPage && context.req.header('sec-fetch-dest') === 'document');
}

function refused(context: Context, status: 401 | 403 | 421 | 429, message: string): Response {
  return context.json({ error: [message] }, status);
}

/** Passwords that can be tried in a minute, from all machines together. */
const GUESSES_PER_MINUTE = 10;

/** The password of a request (HTTP Basic); undefined when it has none. */
function passwordOf(context: Context): string | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(context.req.header('authorization') ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  return credentials.slice(credentials.indexOf(':') + 1);
}

/** Compares in constant time. */
function isSame(given: string, secret: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}

/** Accepts a number of requests a second, and more in a burst (default: twice as many). */
class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #level: number;
  #last = performance.now();

  constructor(rate: number, burst = 2 * rate) {
    this.#rate = rate;
    this.#burst = burst;
    this.#level = burst;
  }

  take(): boolean {
    const now = performance.now();
    this.#level = Math.min(this.#burst, this.#level + ((now - this.#last) / 1000) * this.#rate);
    this.#last = now;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }
}
