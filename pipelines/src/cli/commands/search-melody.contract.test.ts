// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  makeTempDir,
  type ResolvedElasticsearch,
  runEarshot,
  startElasticsearch,
  whyNoElasticsearch,
} from '@earshot/e2e/support';
import type { AudioDocument } from '@earshot/mappings';
import { decodePitch } from '@earshot/models/melody';
import type { Client } from '@elastic/elasticsearch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createElasticsearchClient } from '../../adapters/elasticsearch-client.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { SearchResult } from '../../ports/search.ts';
import { type InferenceStandIn, startInferenceStandIn } from '../../testing/inference-stand-in.ts';
import { hearTune, TUNE_CARD, tuneOf } from '../../testing/tunes.ts';
import { writeTestCard } from '../../testing/write-test-card.ts';

const reason = whyNoElasticsearch();
const SONGS = 12;
const HUMMED = 4;

/** The service is a stand-in that hears made-up tunes; Elasticsearch is the real one. */
describe.skipIf(reason)(`a melody space on a real Elasticsearch${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let elasticsearch: ResolvedElasticsearch;
  let service: InferenceStandIn;
  let client: Client;
  const library = `tunes${process.pid}`;
  const source = makeTempDir('songs');
  const hums = makeTempDir('hums');
  const modelsDir = makeTempDir('models');
  const index = `earshot-${library}-tune-1`;

  const earshot = (...args: string[]) =>
    runEarshot(args, {
      env: {
        ...elasticsearch.env,
        EARSHOT_INFERENCE_URL: service.url,
        EARSHOT_MODELS_DIR: modelsDir,
        EARSHOT_LIBRARY: library,
        EARSHOT_SOURCE: source,
        EARSHOT_SPACE: 'tune-1',
      },
    });
  const search = async (
    ...args: string[]
  ): Promise<SearchResult & { code: number | null; error: { code: string; message: string } }> => {
    const { stdout, code } = await earshot('search', ...args, '--json');
    return { code, ...JSON.parse(stdout) };
  };
  const hum = (name: string): string => join(hums, `${name}.wav`);
  const titles = ({ hits }: SearchResult): string[] => hits.map(({ title }) => title);
  const documents = async (): Promise<readonly (Partial<AudioDocument> & { readonly id: string })[]> => {
    await client.indices.refresh({ index });
    const _source = { includes: ['*', 'segments', 'segments.embedding'] };
    const { hits } = await client.search<AudioDocument>({ index, size: 50, sort: ['audio.key'], _source });
    return hits.hits.map((hit) => ({ id: hit._id ?? '', ...hit._source }));
  };

  beforeAll(async () => {
    const fingerprint = writeTestCard(modelsDir, TUNE_CARD);
    const toneFingerprint = writeTestCard(modelsDir, { id: 'tone-1' });
    [elasticsearch, service] = await Promise.all([
      startElasticsearch(),
      startInferenceStandIn([
        { id: 'tune-1', fingerprint, dims: 64, hear: hearTune },
        { id: 'tone-1', fingerprint: toneFingerprint, dims: 8 },
      ]),
    ]);
    client = createElasticsearchClient(loadConfig({}, elasticsearch.env).config);
    for (let i = 0; i < SONGS; i++) writeFileSync(join(source, `song ${i}.wav`), `SONG ${i} `);
    writeFileSync(join(source, 'drums.wav'), 'boom boom');
    for (const [name, head] of [
      ['hum', `HUM ${HUMMED} `],
      ['stranger', 'STRANGER'],
      ['speech', 'bla bla'],
    ] as const)
      writeFileSync(hum(name), head);
    const applied = await earshot('apply', '--yes', '--space', 'tune-1,tone-1');
    expect(applied.code, applied.stderr).toBe(0);
    const synced = await earshot('sync', 'run', '--space', 'tune-1,tone-1');
    expect(synced.code, synced.stderr).toBe(0);
  });
  afterAll(async () => {
    if (elasticsearch?.origin === 'given') await earshot('destroy', '--owned-only', '--yes');
    await client?.close();
    await Promise.all([elasticsearch?.stop(), service?.stop()]);
  });

  it('sync writes every window’s vector and the pitch track, and says of what has no melody that it has none', async () => {
    const all = await documents();
    expect(all).toHaveLength(SONGS + 1);
    const [drums, song] = [all[0], all.find(({ title }) => title === 'song 3')];
    expect(drums).toMatchObject({ title: 'drums', audio: { status: 'no_melody' } });
    expect([drums?.segments, drums?.embedding, drums?.melody]).toEqual([undefined, undefined, undefined]);
    expect(song).toMatchObject({ audio: { status: 'ready' }, melody: { hop_ms: 32 } });
    expect(song?.embedding).toBeUndefined();
    expect(song?.segments).toHaveLength(18);
    const pitch = decodePitch(song?.melody?.pitch ?? '');
    expect(pitch[0]).toBe(tuneOf(3)[0]?.[0]);
    expect(pitch).toHaveLength(tuneOf(3).reduce((sum, [, frames]) => sum + frames, 0));
  });

  it('a copy takes its windows and pitch from the song it is one of; verify finds both as they should be', async () => {
    const before = service.requests.length;
    writeFileSync(join(source, 'copy of song 3.wav'), 'SONG 3 ');
    const synced = await earshot('sync', 'run');
    expect(synced.code, synced.stderr).toBe(0);
    expect(service.requests).toHaveLength(before);
    const all = await documents();
    const [copy, song] = ['copy of song 3', 'song 3'].map((title) => all.find((one) => one.title === title));
    expect(copy?.melody).toEqual(song?.melody);
    expect(copy?.segments).toEqual(song?.segments);
    const verified = await earshot('sync', 'verify', '--sample', '20');
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  it('finds the hummed song by its pitch track, though another lies nearer by its vectors', async () => {
    const result = await search(hum('hum'), '-k', '5', '--explain');
    expect(result.code).toBe(0);
    const [first, second] = result.hits;
    expect([first?.title, second?.title]).toEqual([`song ${HUMMED}`, `song ${HUMMED + 1}`]);
    expect(second?.similarity).toBeGreaterThan(first?.similarity ?? 1);
    expect(first?.melody?.distance).toBeLessThan(0.6);
    expect(second?.melody?.distance).toBeGreaterThan(0.8);
    const start = tuneOf(HUMMED)
      .slice(0, 10)
      .reduce((sum, [, frames]) => sum + frames * 32, 0);
    expect(first?.segment?.start_ms).toBe(start);
    expect(result.hits).toHaveLength(5);
    expect(result.melody).toMatchObject({ source: 'monophonic', hop_ms: 32, heard: { notes: 15 }, reason: null });
    expect(result.melody?.pitch.at(-1)).toBeNull();
    expect(result.explain?.[0]).toMatchObject({ versions: 4, reranked: SONGS + 1, k: 100, mode: 'approximate' });
    expect(result.requests).toHaveLength(6);
    expect(service.requests.at(-1)?.url).toContain('input_type=search');
  });

  it('an exact search agrees, filters narrow it, and the requests that it prints run as they stand', async () => {
    const [near, exact, filtered] = await Promise.all([
      search(hum('hum'), '-k', '5'),
      search(hum('hum'), '-k', '5', '--exact'),
      search(hum('hum'), '--filter', 'audio.size:>=8', '-k', '3'),
    ]);
    expect(titles(exact)).toEqual(titles(near));
    expect(exact.hits[0]?.similarity).toBeCloseTo(near.hits[0]?.similarity ?? 0, 4);
    expect(titles(filtered).every((title) => /song 1\d/.test(title))).toBe(true);
    expect(filtered.hits.length).toBeGreaterThan(0);
    for (const { method, path, body } of near.requests ?? []) {
      const answer = await client.transport.request<{ hits: { hits: object[] } }>({ method, path, body });
      expect(answer.hits.hits).toHaveLength(SONGS + 1);
    }
    const { stdout } = await earshot('search', hum('hum'), '--show-request');
    expect(stdout.split(`POST /${index}/_search\n{`)).toHaveLength(7);
    expect(stdout).toMatch(/^Heard: one voice, 15 notes over 9\.5 semitones in \d+\.\d s\n/);
    expect(stdout).toContain('semitones apart');
    expect(stdout).not.toContain('Weak match');
  });

  it('says of a tune that no song has that the match is weak', async () => {
    const result = await search(hum('stranger'));
    expect(result).toMatchObject({ code: 0, weak_match: true, weak_match_reason: expect.stringContaining('cosine') });
    expect((await earshot('search', hum('stranger'))).stdout).toContain('\nWeak match: the nearest song is not near');
    expect(await search(hum('hum'))).toMatchObject({ weak_match: false, weak_match_reason: null });
  });

  it('refuses a recording without melody with the reason and what was measured', async () => {
    const result = await search(hum('speech'));
    expect([result.code, result.error.code]).toEqual([2, 'QUERY_AUDIO_UNUSABLE']);
    expect(result.error.message).toBe(
      'No melody was heard in it (tune-1): only 4 % of it has a pitch (3.2 s, pitch in 4 %, 1 note over 9.5 semitones, steady in 80 %)',
    );
  });

  it('by id an indexed song asks with its own windows and pitch, and stays out itself', async () => {
    const all = await documents();
    const id = all.find(({ title }) => title === 'song 3')?.id ?? '';
    const result = await search('--id', id, '--explain');
    expect(result.hits[0]?.title).toBe('copy of song 3');
    expect(result.hits[0]?.melody?.distance).toBeLessThan(0.1);
    expect(result.hits.map((hit) => hit.id)).not.toContain(id);
    expect(result.explain?.[0]).toMatchObject({ versions: 6 });
    const drums = await search('--id', all.find(({ title }) => title === 'drums')?.id ?? '');
    expect(drums.error).toMatchObject({ code: 'DOCUMENT_NOT_FOUND', message: expect.stringContaining('no melody') });
    expect((await search('--like', id)).error.code).toBe('QUERY_INVALID');
  });

  it('fused with another space by rank, each hit says where it stood', async () => {
    const result = await search(hum('hum'), '--fuse', 'tone-1,tune-1', '-k', '20');
    const hummed = result.hits.find(({ title }) => title === `song ${HUMMED}`);
    expect(hummed && 'spaces' in hummed ? hummed.spaces['tune-1']?.rank : undefined).toBe(1);
    expect(result.weak_match).toBeUndefined();
  });
});
