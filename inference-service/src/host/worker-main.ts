// SPDX-License-Identifier: Apache-2.0
import { parentPort } from 'node:worker_threads';
import { describeFailure } from './describe-failure.ts';
import type { FromHost, ToHost } from './host-protocol.ts';
import { createHostSessions } from './host-sessions.ts';

/** The thread of the inference host in which ONNX Runtime blocks, so that the other can receive the next batch. */

const send = (message: FromHost): void => parentPort?.postMessage(message);
const sessions = createHostSessions((ep) => send({ type: 'trying', ep }));
let last: Promise<void> = Promise.resolve();

async function answer({ job, ...request }: ToHost): Promise<void> {
  try {
    send({ type: 'done', job, result: await sessions.perform(request) });
  } catch (error) {
    send({ type: 'failed', job, reason: describeFailure(error) });
  }
}

parentPort?.on('message', (message: ToHost) => {
  last = last.then(() => answer(message));
});
