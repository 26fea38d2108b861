// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EarshotError } from '../core/earshot-error.ts';

export interface TemporaryInference {
  readonly url: string;
  stop(): Promise<void>;
}

interface Options {
  /** Cards and graphs to serve, beside the shipped ones. */
  readonly modelsDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

const LISTENING = /^earshot inference listening on (http:\S+)/m;
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 100;
/** As much of its complaints as fits a message. */
const COMPLAINT_CHARACTERS = 2000;

/** One process, one service: what the operator's own service is told does not hold for this one. */
function environmentOf({ modelsDir, env }: Options): NodeJS.ProcessEnv {
  const {
    EARSHOT_INFERENCE_KEYS_FILE: _keys,
    EARSHOT_METRICS_PORT: _metrics,
    EARSHOT_DEVICES: _devices,
    EARSHOT_INFERENCE_INSECURE: _insecure,
    ...rest
  } = env;
  return {
    ...rest,
    EARSHOT_INFERENCE_HOST: '127.0.0.1',
    EARSHOT_INFERENCE_PORT: '0',
    EARSHOT_MODELS_DIR: modelsDir,
    // Graphics processors round differently from machine to machine; this graph takes milliseconds anywhere.
    EARSHOT_EP: 'cpu',
    EARSHOT_CACHE_BYTES: '0',
    EARSHOT_LOG_LEVEL: 'error',
  };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(5000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer?.status === 200;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}

interface Output {
  said: string;
  complaints: string;
}

function listen(child: ChildProcess): Output {
  const output: Output = { said: '', complaints: '' };
  child.on('error', ({ message }) => {
    output.complaints += message;
  });
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output.said += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output.complaints = (output.complaints + chunk).slice(-COMPLAINT_CHARACTERS);
  });
  return output;
}

const cannotStart = (reason: string): EarshotError =>
  new EarshotError('INFERENCE_UNAVAILABLE', `An inference service could not be started here: ${reason}`, {
    remedy: 'Run the command where earshot inference runs: it needs that program and its decoder.',
  });

async function waitUntilReady(child: ChildProcess, output: Output, signal: AbortSignal): Promise<string> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    signal.throwIfAborted();
    const url = LISTENING.exec(output.said)?.[1];
    if (url && (await isReady(url))) return url;
    const hasEnded = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || Date.now() > deadline) {
      const reason = output.complaints.trim() || (hasEnded ? 'it ended at once' : 'it was not ready in time');
      throw cannotStart(reason);
    }
    await sleep(POLL_MS);
  }
}

/**
 * Starts an inference service of one's own on a free loopback port, for as long as one command takes. It ends with
 * `stop`, or with this process.
 * @throws EarshotError INFERENCE_UNAVAILABLE
 */
export async function startTemporaryInference(options: Options): Promise<TemporaryInference> {
  const program = fileURLToPath(import.meta.resolve('@earshot/inference-service/main'));
  if (!existsSync(program)) throw cannotStart('its program is not installed here');
  const args = ['--import', new URL('./end-with-parent.ts', import.meta.url).href, program];
  const child = spawn(process.execPath, args, { env: environmentOf(options), stdio: ['pipe', 'pipe', 'pipe'] });
  const output = listen(child);
  try {
    return { url: await waitUntilReady(child, output, options.signal), stop: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}
