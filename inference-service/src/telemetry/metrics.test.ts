// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import type { Space } from '@earshot/models/registry';
import { expect, test } from 'vitest';
import { tinyCard } from '../testing/tiny-card.ts';
import { createMetrics, type Metrics } from './metrics.ts';

const space: Space = { card: tinyCard(), fingerprint: 'abcdefabcdef', dir: '/models' } as unknown as Space;

function create(): Metrics {
  return createMetrics({
    spaces: new Map([['tiny-1', space]]),
    queuedWindows: (priority) => (priority === 'bulk' ? 7 : 2),
    engineStatus: () => ({ devices: [{ ep: 'cpu', tried: [{ ep: 'cuda', reason: 'no library' }] }], restarts: 3 }),
  });
}

/** Metrics in which everything has happened once. */
function createEventful(): Metrics {
  const metrics = create();
  metrics.onStage('decode', 100, 120);
  metrics.onAudio(2.5);
  metrics.onDecodeFailed('undecodable_audio');
  metrics.onBatch(4);
  metrics.onCacheHit();
  const route = '/v1/audio/embeddings';
  metrics.onRequest({ route, status: 200, errorCode: undefined, startedAt: performance.now(), isWork: true });
  metrics.onRequest({ route, status: 429, errorCode: 'queue_full', startedAt: performance.now(), isWork: true });
  metrics.onRequest({ route, status: 415, errorCode: 'not_audio', startedAt: performance.now(), isWork: true });
  for (const errorCode of ['not_found', undefined])
    metrics.onRequest({ route: undefined, status: 404, errorCode, startedAt: 0, isWork: false });
  return metrics;
}

/** Rows of the metrics: name, type, labels, help. */
async function rowsOf(metrics: Metrics): Promise<string[][]> {
  const lines = (await metrics.render()).split('\n');
  const names = lines.flatMap((line) => /^# TYPE (earshot_\S+) /.exec(line)?.[1] ?? []);
  return names.map((name) => {
    const type = lines.find((line) => line.startsWith(`# TYPE ${name} `))?.split(' ')[3] ?? '';
    const help = lines.find((line) => line.startsWith(`# HELP ${name} `))?.slice(`# HELP ${name} `.length) ?? '';
    const series = lines.find((line) => line.startsWith(`${name}{`) || line.startsWith(`${name}_sum{`));
    const labels = [...(series ?? '').matchAll(/(\w+)="/g)].map((match) => match[1]);
    return [name, type, labels.join(', '), help];
  });
}

test('the table of metrics in inference-service.md and the registry say the same, row by row', async () => {
  const page = readFileSync(new URL('../../../docs/operators/inference-service.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| `(earshot_inference_\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm)].map(
    (match) => [match[1], match[2], match[3]?.replaceAll('`', '').trim(), match[4]],
  );
  const rows = await rowsOf(createEventful());
  expect(documented.toSorted()).toEqual(rows.toSorted());
});

test('what happened is counted, and unknown paths share one label', async () => {
  const text = await createEventful().render();
  for (const line of [
    'earshot_inference_requests_total{route="/v1/audio/embeddings",code="200"} 1',
    'earshot_inference_requests_total{route="unknown",code="404"} 2',
    'earshot_inference_rejected_total{reason="queue_full"} 1',
    'earshot_inference_decode_failures_total{reason="undecodable_audio"} 1',
    'earshot_inference_queue_windows{priority="bulk"} 7',
    'earshot_inference_queue_windows{priority="interactive"} 2',
    'earshot_inference_audio_seconds_total 2.5',
    'earshot_inference_cache_hits_total 1',
    'earshot_inference_host_restarts_total 3',
    'earshot_inference_batch_windows_bucket{le="2"} 0',
    'earshot_inference_batch_windows_bucket{le="4"} 1',
    'earshot_inference_request_duration_seconds_sum{stage="decode"} 0.02',
    'earshot_inference_request_duration_seconds_count{stage="total"} 3',
    'earshot_inference_ep_info{ep="cpu",live="true",reason=""} 1',
    'earshot_inference_ep_info{ep="cuda",live="false",reason="no library"} 1',
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).not.toContain('reason="not_audio"');
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
});

test('two services in one process count apart', async () => {
  const [first, second] = [create(), create()];
  first.onAudio(1);
  expect(await second.render()).toContain('earshot_inference_audio_seconds_total 0\n');
});

test('there are 35 duration buckets from 10 µs, each 1.5 times the one before', async () => {
  const text = await createEventful().render();
  const bounds = [...text.matchAll(/request_duration_seconds_bucket\{le="([\d.e-]+)",stage="total"\}/g)].map((match) =>
    Number(match[1]),
  );
  expect(bounds).toHaveLength(35);
  for (const [index, bound] of bounds.entries()) expect(bound / (1e-5 * 1.5 ** index)).toBeCloseTo(1, 9);
});
