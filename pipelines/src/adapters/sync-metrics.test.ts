// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SyncMeter } from '../core/sync/sync-meter.ts';
import type { SyncRun } from '../core/sync/sync-run.ts';
import { Tally } from '../core/sync/tally.ts';
import { createSyncMetrics } from './sync-metrics.ts';

const PAGE = join(import.meta.dirname, '../../../docs/operators/sync.md');

/** As much of a run as metrics look at. */
function someRun(retriesBy: Record<string, number>): SyncRun & { readonly meter: SyncMeter; readonly tally: Tally } {
  const tally = new Tally();
  const meter = new SyncMeter();
  const targets = [{ tally, index: { writer: { counts: () => ({ retriesBy }) } } }];
  return { targets, meter, tally } as unknown as ReturnType<typeof someRun>;
}

const sampleIn = (text: string, sample: string): string | undefined =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${sample} `))
    ?.slice(sample.length + 1);

test('runs that ended and runs under way add up, and a run ends once', async () => {
  const metrics = createSyncMetrics();
  const [first, second] = [someRun({ no_answer: 2 }), someRun({ no_answer: 1 })];
  const endFirst = metrics.follow(first);
  metrics.follow(second);
  first.tally.unchanged();
  first.tally.skipped('extension');
  second.tally.unchanged();
  first.tally.failed({ id: 'i', key: 'k', stage: 'embed', code: 'not_audio', reason: '' });
  const leave = second.meter.enter(500);
  endFirst();
  endFirst();
  const text = await metrics.render();
  const objects = (labels: string): string | undefined => sampleIn(text, `earshot_sync_objects_total{${labels}}`);
  expect(objects('reason="",stage="",code="",state="unchanged"')).toBe('2');
  expect(objects('reason="extension",stage="",code="",state="skipped"')).toBe('1');
  expect(objects('reason="",stage="embed",code="not_audio",state="failed"')).toBe('1');
  expect(sampleIn(text, 'earshot_sync_bulk_retries_total{reason="no_answer"}')).toBe('3');
  expect(sampleIn(text, 'earshot_sync_inflight_bytes')).toBe('500');
  leave();
  expect(sampleIn(await metrics.render(), 'earshot_sync_inflight_bytes')).toBe('0');
});

test('the page for operators lists every metric with type, labels and meaning', async () => {
  const metrics = createSyncMetrics();
  const run = someRun({ no_answer: 1 });
  run.tally.unchanged();
  metrics.follow(run);
  metrics.observeStage('get', 1);
  metrics.judged({ verdict: 'allowed' });
  const text = await metrics.render();
  const served = [...text.matchAll(/^# HELP (\S+) (.+)\n# TYPE \S+ (\w+)\n(.*)$/gm)].map(
    ([, name, help, type, sample]) => {
      const labels = [...(sample ?? '').matchAll(/[{,](\w+)="/g)]
        .map(([, label]) => label)
        .filter((one) => one !== 'le');
      return [name, type, labels.sort().join(', '), help];
    },
  );
  const section = readFileSync(PAGE, 'utf8').split('### Metrics\n')[1]?.split('\n## ')[0] ?? '';
  const documented = section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
    .map(([name, type, labels, help]) => [name, type, labels?.split(', ').sort().join(', '), help]);
  expect(documented.sort()).toEqual(served.sort());
});
