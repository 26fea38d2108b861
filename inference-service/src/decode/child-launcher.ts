// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ChildEnd, LaunchChild } from './child-launch.ts';
import { DecodeError } from './decode-error.ts';
import { type FromLauncher, MOST_LINE_BYTES, type StreamName, type ToLauncher } from './launcher-protocol.ts';

const PROGRAM = fileURLToPath(new URL('./launcher-main.ts', import.meta.url));
/** It holds next to nothing, and must stay small: that is what it is for. */
const SMALL_HEAP = ['--max-old-space-size=64', '--max-semi-space-size=1'];

/** A child that was asked for. Its sockets and its end come in any order. */
interface Asked {
  readonly sockets: Map<StreamName, Socket>;
  readonly socketCount: number;
  /** Every socket has come. */
  readonly opened: PromiseWithResolvers<void>;
  readonly end: PromiseWithResolvers<ChildEnd>;
}

/** The first line; what came behind it stays in the stream. */
async function readLine(socket: Socket): Promise<string> {
  let read = Buffer.alloc(0);
  for (;;) {
    read = Buffer.concat([read, (socket.read() as Buffer | null) ?? Buffer.alloc(0)]);
    const length = read.indexOf('\n') + 1;
    if (length > 0) {
      if (length < read.length) socket.unshift(read.subarray(length));
      return read.toString('latin1', 0, length);
    }
    if (read.length > MOST_LINE_BYTES || socket.readableEnded) throw new Error('not the stream of a child');
    await once(socket, 'readable');
  }
}

async function untilClosed(sockets: Iterable<Socket>): Promise<void> {
  for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
}

/**
 * Starts children through a small process of its own. Starting one copies the page tables of the process that does it,
 * and holds up everything else there: 35 ms in a service of 350 MB, 3 ms in this.
 */
export class ChildLauncher {
  /** Where streams of children arrive. */
  readonly socketPath: string;
  readonly #server: Server;
  readonly #asked = new Map<number, Asked>();
  #process: ChildProcess | undefined;
  #nextId = 1;

  private constructor(socketPath: string) {
    this.socketPath = socketPath;
    this.#server = createServer((socket) => this.#receive(socket).catch(() => socket.destroy()));
  }

  /** With its socket in a private folder (mode 0700). */
  static async start(): Promise<ChildLauncher> {
    const dir = await mkdtemp(join(tmpdir(), 'earshot-decoders-'));
    const launcher = new ChildLauncher(join(dir, 'children.sock'));
    launcher.#server.listen(launcher.socketPath);
    await once(launcher.#server, 'listening');
    // While this process is small itself.
    launcher.#process = launcher.#fork();
    return launcher;
  }

  /** Launched children reject with DecodeError not_ready when the process that starts them ends. */
  readonly launch: LaunchChild = async (request) => {
    const id = this.#nextId++;
    const sockets = new Map<StreamName, Socket>();
    const socketCount = request.hasOutput ? 2 : 1;
    const asked = {
      sockets,
      socketCount,
      opened: Promise.withResolvers<void>(),
      end: Promise.withResolvers<ChildEnd>(),
    };
    this.#asked.set(id, asked);
    const ended = asked.end.promise
      .then(async (end) => {
        await asked.opened.promise;
        await untilClosed(sockets.values());
        return end;
      })
      .finally(() => this.#asked.delete(id));
    ended.catch(() => undefined);
    this.#send({ type: 'start', id, request });
    await asked.opened.promise;
    const nothing = Readable.from([]);
    return {
      stdout: sockets.get('stdout') ?? nothing,
      stderr: sockets.get('stderr') ?? nothing,
      ended,
      kill: () => this.#asked.has(id) && this.#send({ type: 'kill', id }),
    };
  };

  /** Its children are killed. */
  async stop(): Promise<void> {
    if (this.#process?.connected) this.#process.disconnect();
    this.#server.close();
    await once(this.#server, 'close');
    await rm(dirname(this.socketPath), { recursive: true, force: true });
  }

  async #receive(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    const line = await readLine(socket);
    const [id, name] = line.trim().split(' ');
    const asked = this.#asked.get(Number(id));
    if (!asked || (name !== 'stdout' && name !== 'stderr')) throw new Error('nobody waits for this stream');
    asked.sockets.set(name, socket);
    if (asked.sockets.size === asked.socketCount) asked.opened.resolve();
  }

  #fork(): ChildProcess {
    const child = fork(PROGRAM, [this.socketPath], {
      execArgv: SMALL_HEAP,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', (message) => this.#hear(message as FromLauncher));
    // Without a listener a failed send would end this process; the exit that follows is handled.
    child.on('error', () => undefined);
    child.once('exit', () => {
      this.#process = undefined;
      for (const id of this.#asked.keys()) this.#fail(id, 'The process that starts decoders ended.');
    });
    return child;
  }

  #send(message: ToLauncher): void {
    this.#process ??= this.#fork();
    this.#process.send(message);
  }

  #hear(message: FromLauncher): void {
    if (message.type === 'ended') this.#asked.get(message.id)?.end.resolve(message.end);
    else this.#fail(message.id, `A decoder could not be started: ${message.reason}`);
  }

  #fail(id: number, reason: string): void {
    const asked = this.#asked.get(id);
    const error = new DecodeError('not_ready', reason);
    for (const { reject } of [asked?.opened, asked?.end].filter((one) => one !== undefined)) reject(error);
    for (const socket of asked?.sockets.values() ?? []) socket.destroy();
  }
}
