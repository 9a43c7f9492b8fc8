import { InputError } from '@latentbrush/engine';
import { EnvHttpProxyAgent } from 'undici';

/** The variables that name proxies, each in the order in which they count. */
const VARIABLES = [
  ['http_proxy', 'HTTP_PROXY'],
  ['https_proxy', 'HTTPS_PROXY'],
] as const;

/** What an address of a proxy can begin with. */
const PROTOCOLS: readonly string[] = ['http:', 'https:', 'socks:', 'socks5:'];

/** A variable of the environment names a proxy, but holds no address of one. */
export class ProxyVariableError extends InputError {}

/**
 * What sends requests through the proxies that the environment names (`https_proxy`, `no_proxy` ...), where it does.
 * @throws ProxyVariableError when one of the variables holds no address
 */
export function proxyAgent(): EnvHttpProxyAgent {
  for (const names of VARIABLES) {
    const named = proxyNamedBy(names);
    if (named === undefined || isAddress(named.value)) continue;
    throw new ProxyVariableError(
      `${named.variable}: "${withoutPassword(named.value)}" is not the address of a proxy; write one as http://proxy.example:8080, or unset the variable`,
    );
  }
  return new EnvHttpProxyAgent();
}

/** The proxy that is asked for an address, without its password, and the variable that names it: for messages. */
export function proxyOf(url: string): string {
  const [http, https] = VARIABLES;
  const named = (url.startsWith('https:') ? proxyNamedBy(https) : undefined) ?? proxyNamedBy(http);
  return named === undefined ? 'the proxy' : `the proxy ${withoutPassword(named.value)} (${named.variable})`;
}

/** With which status a proxy refused to connect; undefined when an error is another one. */
export function proxyRefusal(error: unknown): number | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const status = /^Proxy response \((\d+)\)/.exec(cause.message)?.[1]; // so undici says it, and nowhere else
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
