#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/**
 * `melody-speed [songs] [queries] [space]`: how fast recordings are heard for an index of melodies, and how long a hum of
 * 8 s waits for its answer among 2,048 songs on a real Elasticsearch, while it merges what was just written and afterwards.
 */
import { Readable } from 'node:stream';
import {
  describeMachine,
  type ListeningProcess,
  markdownTable,
  runEarshot,
  startElasticsearch,
  startInferenceService,
  whyNoElasticsearch,
} from '@earshot/e2e/support';
import { generateMelodies, type MelodyNote, pitchTrackOfNotes } from '@earshot/models/evaluation';
import { loadSpaces } from '@earshot/models/registry';
import { clusterCapabilities } from '../src/adapters/cluster-capabilities.ts';
import { createSearch } from '../src/adapters/create-search.ts';
import { createElasticsearchClient } from '../src/adapters/elasticsearch-client.ts';
import { createHttpContourEncoder } from '../src/adapters/http-contour-encoder.ts';
import { createHttpEmbedder } from '../src/adapters/http-embedder.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { indexPitch } from '../src/core/evaluate/humming/contour-vectors.ts';
import { singNotes } from '../src/testing/sing-notes.ts';
import { fillMelodyIndex } from './support/fill-melody-index.ts';
import { segmentCount, settleIndex } from './support/settle-index.ts';
import { treeCpuSeconds } from './support/tree-cpu.ts';

const [songs = 2048, queries = 100] = process.argv.slice(2, 4).map(Number);
const space = process.argv[4] ?? 'melody-1';
const LIBRARY = 'speed';
const SEED = 20_261;
const CORES = 2;
const QUERY_SECONDS = 8;

/** Melodies one after the other until the time is over. */
function medley(melodies: readonly MelodyNote[][], seconds: number): MelodyNote[] {
  const notes: MelodyNote[] = [];
  let at = 0;
  for (let i = 0; at < seconds; i++) {
    const melody = melodies[i % melodies.length] ?? [];
    for (const note of melody) notes.push({ ...note, startSeconds: note.startSeconds + at });
    const last = melody.at(-1);
    at += last ? last.startSeconds + last.seconds + 0.5 : seconds;
  }
  return notes.filter((note) => note.startSeconds + note.seconds <= seconds);
}

const requestOf = (bytes: Buffer) => ({ open: () => Readable.from([bytes]), length: bytes.length });
const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;

/** Seconds of audio a second of one core, and a second of the clock. */
async function measureHearing(service: ListeningProcess): Promise<string[][]> {
  const embedder = createHttpEmbedder({ url: service.url });
  const melodies = generateMelodies(64, SEED + 1);
  const kinds: (readonly [string, readonly Buffer[], number])[] = [
    ['10 min', [singNotes(medley(melodies, 600))], 600],
    ['10 s', melodies.slice(0, 60).map((melody) => singNotes(medley([melody], 10))), 10],
  ];
  const rows: string[][] = [];
  for (const [name, recordings, seconds] of kinds) {
    const [cpu, since] = [treeCpuSeconds(service.pid), performance.now()];
    let windows = 0;
    for (const bytes of recordings) {
      const outcome = await embedder.embed({ ...requestOf(bytes), models: [space], priority: 'bulk' });
      if (outcome.state !== 'embedded') throw new Error(outcome.message);
      windows += outcome.recordings[0]?.segments.length ?? 0;
    }
    const used = treeCpuSeconds(service.pid) - cpu;
    const audio = recordings.length * seconds;
    rows.push([
      `${recordings.length} × ${name}`,
      String(windows),
      `${used.toFixed(1)} s`,
      `${((CORES * audio) / used).toFixed(0)}×`,
      `${(audio / ((performance.now() - since) / 1000)).toFixed(0)}×`,
    ]);
  }
  return rows;
}

interface Asked {
  readonly search: ReturnType<typeof createSearch>;
  readonly melodies: readonly MelodyNote[][];
}

/** The first 8 s of songs, lower. */
async function measureQueries({ search, melodies }: Asked): Promise<string> {
  const [total, found]: [number[], number[]] = [[], []];
  const took = { decode: 0, embed: 0, search: 0 };
  for (let i = 0; i < queries; i++) {
    const song = (i * 37) % songs;
    const notes = (melodies[song] ?? []).filter((note) => note.startSeconds + note.seconds <= QUERY_SECONDS);
    const bytes = singNotes(notes.map((note) => ({ ...note, pitch: note.pitch - 3 })));
    const since = performance.now();
    const result = await search.search({
      library: LIBRARY,
      spaces: [space],
      input: { kind: 'audio', ...requestOf(bytes) },
    });
    // The first one opens connections.
    if (i > 0) total.push(performance.now() - since);
    for (const step of ['decode', 'embed', 'search'] as const) took[step] += result.took_ms[step] / queries;
    found.push(result.hits.findIndex(({ id }) => id === `song ${song}`));
  }
  total.sort((a, b) => a - b);
  const first = found.filter((place) => place === 0).length;
  return [
    `${queries} queries of ${QUERY_SECONDS} s, one after the other: median ${at(total, 0.5).toFixed(0)} ms, p95 ${at(total, 0.95).toFixed(0)} ms`,
    `(on average decode ${took.decode.toFixed(0)}, embed ${took.embed.toFixed(0)}, search and rerank ${took.search.toFixed(0)} ms); ${first} find their song first.`,
  ].join('\n');
}

async function main(): Promise<void> {
  console.log(`${describeMachine()}\n`);
  const service = await startInferenceService({ env: { EARSHOT_CACHE_BYTES: '0' } });
  const cluster = await startElasticsearch();
  const { config } = loadConfig({}, { ...cluster.env, EARSHOT_INFERENCE_URL: service.url, EARSHOT_SPACE: space });
  const client = createElasticsearchClient(config);
  try {
    const spaces = loadSpaces(config.modelsDir);
    const known = spaces.get(space);
    if (!known?.card.melody) throw new Error(`${space} is no melody space`);
    const { card, fingerprint } = known;
    const hearing = await measureHearing(service);
    console.log(
      `${markdownTable(['recordings', 'windows', 'processor time', `real time on ${CORES} cores`, 'by the clock, one after the other'], hearing)}\n`,
    );
    const env = { ...cluster.env, EARSHOT_LIBRARY: LIBRARY, EARSHOT_SPACE: space, EARSHOT_INFERENCE_URL: service.url };
    const applied = await runEarshot(['apply', '--yes'], { env });
    if (applied.code !== 0) throw new Error(applied.stderr);
    const encoder = createHttpContourEncoder({ url: service.url, timeoutMs: 60_000, card, fingerprint });
    const melodies = generateMelodies(songs, SEED);
    const given = melodies.map((notes, i) => ({ id: `song ${i}`, pitch: pitchTrackOfNotes(notes) }));
    const encoding = {
      encoder,
      card: card.melody as NonNullable<typeof card.melody>,
      signal: new AbortController().signal,
    };
    const filled = await fillMelodyIndex(indexPitch(given, ['start', 'anywhere'], encoding), {
      ...{ client, library: LIBRARY, space, fingerprint },
    });
    const embedder = createHttpEmbedder({ url: service.url });
    const capabilities = await clusterCapabilities(client);
    const asked = { search: createSearch({ client, embedder, spaces, capabilities }), melodies };
    const index = `earshot-${LIBRARY}-${space}`;
    console.log(`${filled.songs} songs with ${filled.windows} windows.\n`);
    for (const state of ['right after filling', 'settled'] as const) {
      const waited = state === 'settled' ? await settleIndex(client, index) : 0;
      const stats = await client.indices.stats({ index });
      const bytes = stats._all.primaries?.store?.size_in_bytes ?? 0;
      const size = `${(bytes / filled.songs / 1024).toFixed(0)} KiB a song, ${(bytes / filled.windows).toFixed(0)} bytes a window`;
      console.log(`${state} (${waited.toFixed(0)} s later): ${await segmentCount(client, index)} segments, ${size}`);
      console.log(`${await measureQueries(asked)}\n`);
    }
  } finally {
    await client.close();
    await Promise.all([service.stop(), cluster.stop()]);
  }
}

const reason = whyNoElasticsearch();
if (reason) console.log(`skipped: ${reason}`);
else await main();
