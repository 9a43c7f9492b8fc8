import { InputError } from '@latentbrush/engine';
import type { EnvHttpProxyAgent } from 'undici';

/** The variables that name proxies, in order of precedence. */
const VARIABLES = [
  ['http_proxy', 'HTTP_PROXY'],
  ['https_proxy', 'HTTPS_PROXY'],
] as const;

/** Possible beginnings of a proxy's address. */
const PROTOCOLS: readonly string[] = ['http:', 'https:', 'socks:', 'socks5:'];

/** A variable of the environment names a proxy, but contains no address. */
export class ProxyVariableError extends InputError {}

/**
 * The dispatcher for the proxies of the environment (`https_proxy`, `no_proxy` ...), if there are any.
 * @throws ProxyVariableError when one of the variables contains no address
 */
export async function proxyAgent(): Promise<EnvHttpProxyAgent> {
  for (const names of VARIABLES) {
    const named = proxyNamedBy(names);
    if (named === undefined || isAddress(named.value)) continue;
    throw new ProxyVariableError(
      `${named.variable}: "${withoutPassword(named.value)}" is not the address of a proxy; write one as http://proxy.example:8080, or unset the variable`,
    );
  }
  const undici = await import('undici');
  return new undici.EnvHttpProxyAgent();
}

/** The proxy for an address, without its password, and the variable that names it: for messages. */
export function proxyOf(url: string): string {
  const [http, https] = VARIABLES;
  const named = (url.startsWith('https:') ? proxyNamedBy(https) : undefined) ?? proxyNamedBy(http);
  return named === undefined ? 'the proxy' : `the proxy ${withoutPassword(named.value)} (${named.variable})`;
}

/** The status with which a proxy refused to connect; undefined for other errors. */
export function proxyRefusal(error: unknown): number | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const status = /^Proxy response \((\d+)\)/.exec(cause.message)?.[1]; // only undici's message has it
    if (status !== undefined) return Number(status);
  }
  return undefined;
}

function proxyNamedBy([lower, upper]: (typeof VARIABLES)[number]):
  | { readonly variable: string; readonly value: string }
  | undefined {
  const variable = process.env[lower] === undefined ? upper : lower;
  const value = process.env[variable];
  return value === undefined || value === '' ? undefined : { variable, value };
}

function isAddress(value: string): boolean {
  return URL.canParse(value) && PROTOCOLS.includes(new URL(value).protocol);
}

function withoutPassword(value: string): string {
  return value.replace(/^([a-z0-9]+:\/\/)?.*@/i, '$1');
}
