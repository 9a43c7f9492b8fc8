import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A web server only for this machine. */
export interface FileServer {
  readonly url: string;
  readonly port: number;
  /** The `range` header of each request so far; undefined without one. */
  readonly ranges: (string | undefined)[];
  readonly server: Server;
}

/**
 * Starts a server that ends with the test.
 * @param answer called for each request with its number, from 0
 */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<FileServer> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response, ranges.length - 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/corpus.txt`, port, ranges, server };
}

/** Sends the requested bytes, also a range. */
export function sendFile(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start >= bytes.length) {
    response.writeHead(416).end();
    return;
  }
  const rest = bytes.subarray(start);
  const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length, ...(start > 0 && range) });
  response.end(rest);
}

/** Declares the whole file, but breaks the connection after `count` bytes. */
export function sendAndBreak(response: ServerResponse, bytes: Buffer, count: number): void {
  response.writeHead(200, { 'content-length': bytes.length });
  // An answer that ends in an error loses what the client has not read yet, so a busy machine needs time to read.
  response.write(bytes.subarray(0, count), () => setTimeout(() => response.destroy(), 100));
}
