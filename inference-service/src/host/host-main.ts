// SPDX-License-Identifier: Apache-2.0
import type { GraphSession } from './graph-session.ts';
import type { FromHost, RunRequest, ToHost } from './host-protocol.ts';
import { loadSpaces } from './load-spaces.ts';

/** The inference host: the only process that loads ONNX Runtime, whose run() blocks its thread. Started by fork. */

let sessions: ReadonlyMap<string, GraphSession> = new Map();

const send = (message: FromHost): void => void process.send?.(message);

async function run({ batch, space, windows, count }: RunRequest): Promise<void> {
  try {
    const session = sessions.get(space);
    if (!session) throw new Error(`${space} is not loaded`);
    const startedAt = performance.now();
    const vectors = await session.run(windows, count);
    send({ type: 'done', batch, vectors, inferMs: performance.now() - startedAt });
  } catch (error) {
    send({ type: 'failed', batch, reason: error instanceof Error ? error.message : String(error) });
  }
}

async function handle(message: ToHost): Promise<void> {
  if (message.type === 'run') return run(message);
  const loaded = await loadSpaces(message, (ep) => send({ type: 'trying', ep }));
  sessions = loaded.sessions;
  send(loaded.answer);
}

process.on('message', (message: ToHost) => void handle(message));
// Ends with its parent, however that one ended; signals to the whole group are the parent's business.
process.on('disconnect', () => process.exit(0));
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
