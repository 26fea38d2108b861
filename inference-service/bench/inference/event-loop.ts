// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import { type BenchParts, expectSuccesses, sendLoad } from './bench-parts.ts';
import { wavRequest } from './request-kinds.ts';

const METRIC = 'nodejs_eventloop_lag_p99_seconds';
const CLIENTS = 64;

/** The gauge covers the time since it was last read. */
async function readLagMs(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const value = new RegExp(`^${METRIC} (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`/metrics of the service has no ${METRIC}`);
  return Number(value) * 1000;
}

/** 99th percentile of the HTTP process's event-loop delay while 64 clients load it, from its own metrics. */
export async function measureEventLoop(parts: BenchParts, card: Card): Promise<string> {
  await readLagMs(parts.service.url);
  const plan = { kind: 'closed', clients: CLIENTS, until: { seconds: parts.seconds } } as const;
  const { latenciesMs, seconds } = expectSuccesses(await sendLoad(parts, wavRequest(card), plan));
  const lagMs = await readLagMs(parts.service.url);
  const rate = (latenciesMs.length / seconds).toFixed(1);
  return `${card.id}, ${CLIENTS} clients, ${rate} windows/s: event-loop delay of the HTTP process p99 ${lagMs.toFixed(1)} ms`;
}
