// SPDX-License-Identifier: Apache-2.0
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoOptions } from './demo-options.ts';
import { prepareAudio } from './prepare-audio.ts';
import { runCommand } from './run-command.ts';
import { sampleQueries } from './sample-queries.ts';
import { startDemoElasticsearch, startDemoInference, startDemoPanel } from './start-parts.ts';
import { writeHum } from './write-hum.ts';

const INTERRUPTED = 130;
/** `earshot sync run`: finished, some items failed. A folder of one's own may well hold a broken file. */
const ITEMS_FAILED = 3;

/** `earshot search`: the recording cannot be asked with, a silent one for instance. */
const UNUSABLE_QUERY = 2;

/** What sounds alike, and what is the same tune. */
const TIMBRE = 'spectral-1';
const MELODY = 'melody-1';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Prints a step, does it, prints how long it took. */
async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  say(`▸ ${title} …`);
  const result = await work();
  say(`  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

type Stoppable = { stop(): Promise<unknown> };

interface Demo {
  readonly options: DemoOptions;
  readonly signal: AbortSignal;
  /** Stopped in reverse order at the end. */
  readonly parts: Stoppable[];
}

async function index({ options, signal, parts }: Demo): Promise<{ env: Record<string, string>; dir: string }> {
  const inference = await step('Inference service', startDemoInference);
  parts.push(inference);
  const elasticsearch = await step('Elasticsearch', () => startDemoElasticsearch(inference));
  parts.push(elasticsearch);
  const dir = await step(options.audioDir ? 'Your recordings' : 'Built-in library', () =>
    prepareAudio(options.audioDir, signal),
  );
  const env = {
    ...elasticsearch.env,
    EARSHOT_INFERENCE_URL: inference.url,
    EARSHOT_LIBRARY: options.library,
    EARSHOT_SOURCE: dir,
    EARSHOT_SPACE: [TIMBRE, MELODY].join(),
  };
  await step('Templates, pipeline, index and aliases: earshot apply --yes', () =>
    runCommand(['apply', '--yes', '--quiet'], { env, signal }),
  );
  await step(`Recordings: earshot sync run --source ${dir}`, () =>
    runCommand(['sync', 'run'], { env, signal, accepted: [0, ITEMS_FAILED] }),
  );
  return { env, dir };
}

async function failedKeysOf({ signal }: Demo, env: Record<string, string>): Promise<ReadonlySet<string>> {
  const listed = await runCommand(['sync', 'failures', 'list', '--json'], { env, signal, isCaptured: true });
  const { failures } = JSON.parse(listed) as { failures: { key: string }[] };
  return new Set(failures.map(({ key }) => key));
}

async function answer(demo: Demo, env: Record<string, string>, dir: string): Promise<void> {
  const { signal, options } = demo;
  const failedKeys = await failedKeysOf(demo, env);
  const queries = sampleQueries(dir, { isBuiltIn: options.audioDir === undefined, failedKeys });
  for (const file of queries) {
    say(`\n▸ What sounds like ${relative(dir, file)}?\n  earshot search '${file}' -k 5 --space ${TIMBRE}`);
    await runCommand(['search', file, '-k', '5', '--space', TIMBRE], { env, signal, accepted: [0, UNUSABLE_QUERY] });
  }
  const first = queries[0];
  if (first === undefined) return;
  const asked = ['search', first, '-k', '1', '--space', TIMBRE, '--json'];
  const found = await runCommand(asked, { env, signal, isCaptured: true });
  const id = (JSON.parse(found) as { hits: { id: string }[] }).hits[0]?.id;
  if (id === undefined) return;
  say('\n▸ The same by id, ready for Dev Tools:\n');
  await runCommand(['search', '--id', id, '-k', '5', '--space', TIMBRE, '--show-request'], { env, signal });
}

/** A tune of the built-in library, hummed: every instrument that plays it is to be found. */
async function hum({ signal }: Demo, env: Record<string, string>): Promise<void> {
  const { file, title, recordings } = await writeHum();
  const args = ['search', file, '-k', String(recordings), '--space', MELODY];
  say(`\n▸ Somebody hums ${title}. Who plays it?\n  earshot ${args.join(' ')}`);
  await runCommand(args, { env, signal });
}

async function stayUp({ signal, parts }: Demo, env: Record<string, string>): Promise<void> {
  const panel = await step('Search panel', () => startDemoPanel(env));
  parts.push(panel);
  const settings = Object.entries({ ...env, EARSHOT_PANEL_URL: panel.url });
  say(`\nThe search panel: ${panel.url}\n`);
  say('To go on with the command line (./earshot search …) in another terminal:\n');
  for (const [name, value] of settings) say(`  export ${name}='${value}'`);
  say('\nCtrl-C stops everything.');
  await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
}

/** The whole path on this machine. @returns the exit code */
export async function runDemo(options: DemoOptions): Promise<number> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // A second signal does not wait for a part that is just starting: the guard of the launchers takes it along.
      if (interruption.signal.aborted) process.exit(INTERRUPTED);
      interruption.abort();
      say('\nStopping …');
    });
  }
  const demo: Demo = { options, signal: interruption.signal, parts: [] };
  let isStaying = false;
  try {
    const { env, dir } = await index(demo);
    await answer(demo, env, dir);
    if (options.audioDir === undefined) await hum(demo, env);
    isStaying = !options.isExiting;
    if (isStaying) await stayUp(demo, env);
    return 0;
  } catch (error) {
    if (demo.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    for (const part of demo.parts.reverse()) await part.stop();
  }
}
