// SPDX-License-Identifier: Apache-2.0

import { markdownTable } from '@earshot/e2e/support';
import type { Card } from '@earshot/models';
import type { LoadResult, RetryHabit } from '../support/load-job.ts';
import { percentile } from '../support/statistics.ts';
import { type BenchParts, expectSuccesses, sendLoad } from './bench-parts.ts';
import { wavRequest } from './request-kinds.ts';

const OVERLOAD = 4;
const CAPACITY_CLIENTS = 16;
/** Elasticsearch gives an inference 10 s. */
const DEADLINE_MS = 8000;
/** A measurement must outlast the filling of the queue. */
const LEAST_DEADLINES = 3;
/** Short recordings: still one window each to compute, but little to carry. */
const CLIP_SECONDS = 1;

const HABITS: Readonly<Record<RetryHabit, string>> = {
  never: 'go away when refused',
  'as-told': 'wait for Retry-After',
  impatient: 'ask again every 250 ms',
};

function summary({ answers, withRetryAfter }: LoadResult): string[] {
  const { '200': ok = 0, '429': refused = 0, '408': late = 0, 'gave up': gaveUp = 0, ...others } = answers;
  const rest = Object.entries(others).map(([status, count]) => `${status}: ${count}`);
  return [String(ok), `${refused} (${withRetryAfter})`, String(late + gaveUp), rest.join(', ') || 'none'];
}

/**
 * Four times as many arrivals as the service can serve, each with a deadline of 8 s, for three habits of refused clients.
 * Goodput: answers within the deadline per second while clients arrive, beside the capacity measured just before.
 */
export async function measureOverload(parts: BenchParts, card: Card): Promise<string> {
  const kind = wavRequest(card, CLIP_SECONDS);
  const calm = expectSuccesses(
    await sendLoad(parts, kind, { kind: 'closed', clients: CAPACITY_CLIENTS, until: { seconds: parts.seconds } }),
  );
  const capacity = calm.latenciesMs.length / calm.seconds;
  const seconds = Math.max(parts.seconds, (LEAST_DEADLINES * DEADLINE_MS) / 1000);
  const rows: string[][] = [];
  for (const [retry, words] of Object.entries(HABITS) as [RetryHabit, string][]) {
    const plan = {
      kind: 'open',
      arrivalsPerSecond: OVERLOAD * capacity,
      seconds,
      deadlineMs: DEADLINE_MS,
      retry,
    } as const;
    const result = await sendLoad(parts, kind, plan);
    const goodput = result.inTime / seconds;
    const rate = [goodput.toFixed(2), (goodput / capacity).toFixed(3)];
    rows.push([words, ...rate, percentile(result.latenciesMs, 50).toFixed(0), ...summary(result)]);
  }
  return [
    `${card.id}: capacity ${capacity.toFixed(2)} windows/s; ${(OVERLOAD * capacity).toFixed(1)} arrivals/s for ${seconds} s, deadline ${DEADLINE_MS / 1000} s`,
    '',
    markdownTable(
      ['clients', 'goodput/s', 'share of capacity', 'p50 ms', '200', '429 (with Retry-After)', 'too late', 'others'],
      rows,
    ),
  ].join('\n');
}
