// SPDX-License-Identifier: Apache-2.0

import { markdownTable } from '@earshot/e2e/support';
import type { Card } from '@earshot/models';
import { percentile } from '../support/statistics.ts';
import { type BenchParts, expectSuccesses, sendLoad } from './bench-parts.ts';
import { wavRequest } from './request-kinds.ts';

/**
 * Time from first sending a window to having its vector, for one, eight and 64 clients that ask without pause. More clients
 * than a slow network answers within the hold are refused now and then; waiting as told is part of their time.
 */
export async function measureLatency(parts: BenchParts, card: Card): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const clients of [1, 8, 64]) {
    const plan = { kind: 'closed', clients, until: { seconds: parts.seconds } } as const;
    const { latenciesMs, seconds, answers } = expectSuccesses(await sendLoad(parts, wavRequest(card), plan));
    const at = [50, 95, 99].map((percent) => percentile(latenciesMs, percent).toFixed(0));
    rows.push([clients, latenciesMs.length, answers['429'] ?? 0, (latenciesMs.length / seconds).toFixed(1), ...at]);
  }
  return markdownTable(
    [`${card.id}: clients`, 'answered', 'refused', 'per second', 'p50 ms', 'p95 ms', 'p99 ms'],
    rows,
  );
}
