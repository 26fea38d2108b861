// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What passes between client and server while it holds; `cut` and `throttle` concern the server's answers. */
export type NetworkFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Whatever is said is answered by a reset. */
  | { readonly kind: 'reset' }
  /** A reset after so many bytes of answers on one connection. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Connections are taken, nothing gets through, nothing comes back. */
  | { readonly kind: 'black-hole' };

export interface FaultProxy {
  readonly url: string;
  /** Holds from now on, for open connections too. */
  fault: NetworkFault;
  /** Connections taken so far. */
  connections: number;
  stop(): Promise<void>;
}

const TICK_MS = 20;

/** Sends a chunk at a given rate. */
async function drip(to: Socket, chunk: Buffer, bytesPerSecond: number): Promise<void> {
  const step = Math.max(1, Math.round((bytesPerSecond * TICK_MS) / 1000));
  for (let at = 0; at < chunk.length && !to.destroyed; at += step) {
    to.write(chunk.subarray(at, at + step));
    await sleep(TICK_MS);
  }
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes of answers so far. */
  answered: number;
}

function reset({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.destroy();
}

/** A loopback TCP proxy in front of `target`, whose fault can be changed while connections are open. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<Pair>();
  const proxy = { fault: { kind: 'none' } as NetworkFault, connections: 0 };

  async function pass(pair: Pair, chunk: Buffer, to: Socket): Promise<void> {
    const isAnswer = to === pair.client;
    if (proxy.fault.kind === 'delay') await sleep(proxy.fault.ms);
    const { fault } = proxy;
    if (isAnswer) pair.answered += chunk.length;
    if (fault.kind === 'reset') reset(pair);
    else if (isAnswer && fault.kind === 'cut' && pair.answered > fault.afterBytes) {
      to.write(chunk.subarray(0, Math.max(0, chunk.length - (pair.answered - fault.afterBytes))), () => reset(pair));
    } else if (isAnswer && fault.kind === 'throttle') await drip(to, chunk, fault.bytesPerSecond);
    else if (fault.kind !== 'black-hole' && !to.write(chunk)) await once(to, 'drain').catch(() => undefined);
  }

  async function relay(pair: Pair, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) await pass(pair, chunk, to);
      if (proxy.fault.kind !== 'black-hole') to.end();
    } catch {
      to.destroy();
    }
  }

  const listener = createServer({ noDelay: true }, (client) => {
    proxy.connections++;
    const server = connect({ host: hostname, port: Number(port), noDelay: true });
    const pair: Pair = { client, server, answered: 0 };
    pairs.add(pair);
    for (const socket of [client, server]) socket.on('error', () => reset(pair));
    client.once('close', () => {
      pairs.delete(pair);
      server.destroy();
    });
    Promise.all([relay(pair, client, server), relay(pair, server, client)]).catch(() => reset(pair));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    for (const pair of pairs) reset(pair);
    await new Promise((resolve) => listener.close(resolve));
  };
  return Object.assign(proxy, { url: `http://127.0.0.1:${address.port}`, stop });
}
