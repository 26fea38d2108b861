// SPDX-License-Identifier: Apache-2.0
import type { FromHost, ToHost } from '../host/host-protocol.ts';

/** A host with faults: dies while it tries `cuda`, and under every batch that begins with 666. */

const send = (message: FromHost): void => void process.send?.(message);

process.on('message', (message: ToHost) => {
  if (message.type === 'run') {
    if (message.windows[0] === 666) process.exit(9);
    send({ type: 'done', batch: message.batch, vectors: message.windows.slice(0, message.count), inferMs: 1 });
    return;
  }
  const ep = message.eps.find((name) => !message.excluded.some((miss) => miss.ep === name)) ?? 'cpu';
  send({ type: 'trying', ep });
  if (ep === 'cuda') setTimeout(() => process.kill(process.pid, 'SIGSEGV'), 20);
  else send({ type: 'loaded', ep, tried: message.excluded, failed: [] });
});
process.on('disconnect', () => process.exit(0));
