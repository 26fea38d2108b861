// SPDX-License-Identifier: Apache-2.0
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than clients keep idle connections, else they race with our closing. */
const KEEP_ALIVE_MS = 75_000;
const MAX_HEADER_BYTES = 16 * 1024;
const DRAIN_SWEEP_MS = 50;

export interface ListenerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly maxConnections: number;
  readonly requestTimeoutMs: number;
  /** How long running requests may take once it closes. */
  readonly drainTimeoutMs: number;
  readonly handle: RequestListener;
}

export interface Listener {
  readonly url: string;
  /** No new connections; resolves when running requests have ended or were cut off. */
  close(): Promise<void>;
}

/** An HTTP server that listens. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { host, port, maxConnections, requestTimeoutMs, drainTimeoutMs, handle } = options;
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    handle,
  );
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  const { address, port: chosen, family } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    // Connections kept alive by their clients become idle one by one, as their requests end.
    const sweep = setInterval(() => server.closeIdleConnections(), DRAIN_SWEEP_MS);
    server.closeIdleConnections();
    const isClosed = await Promise.race([closed.then(() => true), sleep(drainTimeoutMs, false)]);
    clearInterval(sweep);
    if (!isClosed) server.closeAllConnections();
  };
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}`, close };
}
