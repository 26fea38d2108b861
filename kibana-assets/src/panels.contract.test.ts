// SPDX-License-Identifier: Apache-2.0
import { type ResolvedElasticsearch, runEarshot, startElasticsearch, whyNoElasticsearch } from '@earshot/e2e/support';
import { loadSpaces } from '@earshot/models/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundle, dailyConsole } from './bundle.ts';
import { parseConsole } from './console-file.ts';
import { DISCOVER_COLUMNS } from './objects/discover-session.ts';
import { vegaSpecsOf } from './rules/dashboard-panels.ts';
import { drawVega } from './testing/draw-vega.ts';
import { queriesOf } from './vega-queries.ts';

const OF = { library: 'audio', space: 'spectral-1' };
const reason = whyNoElasticsearch();
const bundle = buildBundle([OF]);

interface SearchAnswer {
  readonly hits: { readonly hits: readonly { readonly _id: string }[] };
  readonly aggregations?: Record<string, { readonly buckets: readonly { readonly doc_count: number }[] }>;
}

let elasticsearch: ResolvedElasticsearch;

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: SearchAnswer }> {
  const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const type = path.startsWith('/_bulk') ? 'application/x-ndjson' : 'application/json';
  const answer = await fetch(`${elasticsearch.url}${path}`, { method, headers: { 'content-type': type }, ...init });
  return { status: answer.status, body: (await answer.json()) as SearchAnswer };
}

function recording(n: number): object {
  const space = loadSpaces().get(OF.space)!;
  const status = n % 5 === 4 ? 'silent' : 'ready';
  return {
    '@timestamp': `2026-01-0${n + 1}T00:00:00Z`,
    title: `Recording ${n}`,
    audio: {
      id: `id-${n}`,
      uri: `file:///music/${n}.wav`,
      key: `${n}.wav`,
      size: 1000,
      sha256: 'ab',
      duration_ms: 4000 + n * 3000,
      sample_rate_hz: 44100,
      channels: 1,
      codec: n % 2 === 0 ? 'pcm_s16le' : 'mp3',
      container: 'wav',
      status,
      loudness_dbfs: -20,
    },
    tags: { genre: n % 2 === 0 ? ['folk'] : ['jazz'] },
    space: { id: OF.space, fingerprint: space.fingerprint },
    ...(status === 'ready'
      ? { embedding: Array.from({ length: space.card.dims }, (_, i) => Math.sin(i * (n + 1))) }
      : {}),
    sync: { source: 'default', run: 'r1', version: 1 },
  };
}

const RUN = {
  '@timestamp': '2026-01-06T00:00:00Z',
  run: 'r1',
  library: 'audio',
  state: 'finished',
  counts: { listed: 12, indexed: 8, unchanged: 0, skipped: 1, failed: 3, deleted: 0 },
};

const failure = (code: string): object => ({
  sync: { stage: 'embed' },
  error: { code },
  last_seen: '2026-01-06T00:00:00Z',
});

async function fill(): Promise<void> {
  const lines = [
    ...Array.from({ length: 8 }, (_, n) => [
      { index: { _index: 'earshot-audio-spectral-1-write', _id: `id-${n}` } },
      recording(n),
    ]),
    [{ index: { _index: 'earshot-runs', _id: 'r1' } }, RUN],
    ...['undecodable_audio', 'undecodable_audio', 'audio_too_long'].map((code, n) => [
      { index: { _index: 'earshot-failures', _id: `f${n}` } },
      failure(code),
    ]),
  ].flat();
  const { body } = await ask('POST', '/_bulk?refresh=true', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(body).toMatchObject({ errors: false });
}

describe.skipIf(reason)(
  `panels and daily queries on the real Elasticsearch${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    beforeAll(async () => {
      elasticsearch = await startElasticsearch();
      const applied = await runEarshot(['apply', '--yes', '--json'], { env: elasticsearch.env });
      expect(applied.stderr + applied.stdout).not.toContain('"error"');
      expect(applied.code).toBe(0);
    });
    afterAll(() => elasticsearch?.stop());

    test('every panel query answers on empty indices', async () => {
      for (const { index, body } of queriesOf(bundle)) {
        expect((await ask('POST', `/${index}/_search`, body)).status).toBe(200);
      }
    });

    test('every panel draws as many bars as its answer holds', async () => {
      await fill();
      const specs = bundle.flatMap(vegaSpecsOf);
      const queries = queriesOf(bundle);
      const bars: Record<string, number> = {};
      for (const [at, { index, body }] of queries.entries()) {
        const answer = await ask('POST', `/${index}/_search`, body);
        expect(answer.status).toBe(200);
        const drawing = await drawVega(specs[at]!.text, answer.body);
        expect(drawing.svg).not.toContain('NaN');
        expect(drawing.warnings).toEqual([]);
        bars[specs[at]!.panel] = drawing.marks;
      }
      expect(bars).toEqual({
        'Recordings by status and codec': 3,
        'Recordings by genre': 2,
        'Recordings by duration': 6,
        'What the last sync runs did': 3,
        'Open failures by stage and code': 2,
      });
    });

    test('every column and format of Discover names a field of the index', async () => {
      const view = bundle.find((object) => object.type === 'index-pattern')!;
      const formats = Object.keys(JSON.parse(String(view.attributes.fieldFormatMap)) as object);
      const names = [...new Set([...DISCOVER_COLUMNS, ...formats, '@timestamp'])];
      const answer = await ask('GET', `/earshot-audio-spectral-1/_field_caps?fields=${names.join()}`);
      const known = Object.keys((answer.body as unknown as { fields: object }).fields);
      expect(names.filter((name) => !known.includes(name))).toEqual([]);
    });

    test('every daily query of the console file runs, with an id from the index', async () => {
      const requests = parseConsole(dailyConsole(OF).replaceAll('__DOCUMENT_ID__', 'id-0'));
      expect(requests).toHaveLength(7);
      for (const { method, path, body } of requests) {
        expect([
          path,
          (await ask(method === 'GET' && body ? 'POST' : method, `/${path}`, body ?? undefined)).status,
        ]).toEqual([path, 200]);
      }
      const similar = requests.find((request) => request.comment.startsWith('Find similar'))!;
      const { body } = await ask('POST', `/${similar.path}`, similar.body);
      expect(body.hits.hits.map((hit) => hit._id)).not.toContain('id-0');
      expect(body.hits.hits.length).toBeGreaterThan(3);
    });
  },
);
