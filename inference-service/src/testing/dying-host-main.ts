// SPDX-License-Identifier: Apache-2.0
import type { FromHost, LoadJob, ToHost } from '../host/host-protocol.ts';

/**
 * A host with faults. It dies while it tries `cuda`; a batch that begins with 666 ends it, one with 667 breaks its device
 * for good, one with 668 makes it hold 200 MiB for ever. It computes nothing: the vectors are the first samples.
 */

const HELD_BYTES = 200 * 1024 * 1024;

const held: Buffer[] = [];
let isBroken = false;

const send = (message: FromHost): void => void process.send?.(message);

function load({ spaces, eps, excluded }: LoadJob, job: number): void {
  const ep = eps.find((name) => !excluded.some((miss) => miss.ep === name)) ?? 'cpu';
  send({ type: 'trying', ep });
  if (ep === 'cuda') setTimeout(() => process.kill(process.pid, 'SIGSEGV'), 20);
  else send({ type: 'done', job, result: { ep: spaces.length > 0 ? ep : null, tried: excluded, failed: [] } });
}

process.on('message', (message: ToHost) => {
  const { job } = message;
  if (message.type === 'load') return load(message, job);
  if (message.type === 'run') {
    const [first] = message.windows;
    if (first === 666) process.exit(9);
    if (first === 667) isBroken = true;
    if (first === 668) held.push(Buffer.alloc(HELD_BYTES, 1));
    if (!isBroken)
      return send({ type: 'done', job, result: { vectors: message.windows.slice(0, message.count), inferMs: 1 } });
  }
  if (isBroken) send({ type: 'failed', job, reason: 'the device is lost' });
  else send({ type: 'done', job, result: null });
});
setInterval(() => send({ type: 'memory', rssBytes: process.memoryUsage.rss() }), 20);
process.on('disconnect', () => process.exit(0));
