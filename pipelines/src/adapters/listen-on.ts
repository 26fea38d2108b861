// SPDX-License-Identifier: Apache-2.0
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EarshotError } from '../core/earshot-error.ts';

interface Place {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** Listens, and gives the address under which. @throws EarshotError LISTEN_FAILED */
export async function listenOn(server: Server, { host, port }: Place): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new EarshotError('LISTEN_FAILED', `Listening on ${host}:${port} failed: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`;
}
