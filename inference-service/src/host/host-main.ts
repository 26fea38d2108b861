// SPDX-License-Identifier: Apache-2.0
import { Worker } from 'node:worker_threads';
import type { FromHost, ToHost } from './host-protocol.ts';

/**
 * The inference host, started by fork: the only process that loads ONNX Runtime, in a thread of its own, because run()
 * blocks. This thread passes messages on, so a batch arrives while the one before it is still being run.
 */

const MEMORY_REPORT_MS = 2000;

const send = (message: FromHost): void => void process.send?.(message);

// ONNX Runtime must find this when the thread loads it. A thread has a copy of the variables: what it sets itself, native
// code does not see.
process.env.ORT_DISABLE_TELEMETRY = '1';
const worker = new Worker(new URL('./worker-main.ts', import.meta.url));

worker.on('message', (message: FromHost) => send(message));
// A thread that died unexpectedly takes the host with it: the supervisor knows what to do then.
worker.on('error', (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.kill(process.pid, 'SIGKILL');
});
/** Numbers lie in the buffer that the channel read, perhaps with the next message: a copy of their own can be handed over. */
function passOn(message: ToHost): void {
  if (message.type === 'run') {
    const windows = message.windows.slice();
    worker.postMessage({ ...message, windows }, [windows.buffer]);
  } else if (message.type === 'run-contours') {
    const contours = message.contours.slice();
    worker.postMessage({ ...message, contours }, [contours.buffer]);
  } else worker.postMessage(message);
}

process.on('message', passOn);
setInterval(() => send({ type: 'memory', rssBytes: process.memoryUsage.rss() }), MEMORY_REPORT_MS);
// Ends with its parent, however that one ended, and at once: an orderly exit would wait for a run that may hang.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Signals to the whole group are the parent's business.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
