// SPDX-License-Identifier: Apache-2.0
/** Starts children for the service that forked it: see child-launcher.ts. The argument is the service's socket. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { type ChildEnd, type ChildRequest, childOptions } from './child-launch.ts';
import { type FromLauncher, type StreamName, streamLine, type ToLauncher } from './launcher-protocol.ts';

const socketPath = process.argv[2] ?? '';
/** A child that was asked for; without `process` while its streams are being opened. */
interface Asked {
  process?: ChildProcess;
  isUnwanted?: boolean;
}
const children = new Map<number, Asked>();

const tell = (message: FromLauncher): void => void process.send?.(message);

function end(id: number, how: ChildEnd): void {
  children.delete(id);
  tell({ type: 'ended', id, end: how });
}

function fail(id: number, error: Error): void {
  children.delete(id);
  tell({ type: 'failed', id, reason: error.message });
}

async function openStream(id: number, name: StreamName): Promise<Socket> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  // The child's first byte must not come before it.
  await new Promise((resolve) => socket.write(streamLine(id, name), resolve));
  return socket;
}

async function start(id: number, { command, args, cwd, hasOutput }: ChildRequest): Promise<void> {
  const asked: Asked = {};
  children.set(id, asked);
  const [stderr, stdout] = await Promise.all([
    openStream(id, 'stderr'),
    hasOutput ? openStream(id, 'stdout') : undefined,
  ]);
  try {
    if (asked.isUnwanted) return end(id, { exitCode: null, killedBy: 'SIGKILL' });
    const child = spawn(command, args, { ...childOptions(cwd), stdio: ['ignore', stdout ?? 'ignore', stderr] });
    asked.process = child;
    child.once('error', (error) => fail(id, error));
    child.once('exit', (exitCode, killedBy) => end(id, { exitCode, killedBy }));
  } finally {
    // The child has descriptors of its own for them.
    stderr.destroy();
    stdout?.destroy();
  }
}

function kill(id: number): void {
  const asked = children.get(id);
  if (asked) asked.isUnwanted = true;
  asked?.process?.kill('SIGKILL');
}

process.on('message', (message: ToLauncher) => {
  if (message.type === 'kill') kill(message.id);
  else start(message.id, message.request).catch((error: Error) => fail(message.id, error));
});

// Without a service nobody reads what children write, and nobody would stop them.
process.on('disconnect', () => {
  for (const id of children.keys()) kill(id);
  // A killed service cannot do it.
  rmSync(dirname(socketPath), { recursive: true, force: true });
  process.exit(0);
});
// A terminal sends these to everybody; the service says when it is done.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
