// SPDX-License-Identifier: Apache-2.0
import type { SpawnedService } from '../spawn-service.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { judgeAnswer, type Verdict } from './judge-answer.ts';
import { type Outcome, sendRequest } from './send-request.ts';

export interface FuzzFailure {
  readonly index: number;
  readonly kind: string;
  readonly fault: string;
}

export interface FuzzReport {
  /** Answers by kind of request, then by status and code. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly failures: readonly FuzzFailure[];
  readonly seconds: number;
}

interface RunOptions {
  readonly count: number;
  readonly concurrency: number;
  make(index: number): FuzzRequest;
  /** Called after each answer with how many have come. */
  onDone?(done: number): void;
}

function judgeOutcome(request: FuzzRequest, outcome: Outcome): Verdict {
  if (outcome === 'left') return { label: 'left' };
  if (outcome === 'closed' && request.isWireHostile === true) return { label: 'closed' };
  if (outcome === 'closed' || outcome === 'silence') return { label: outcome, fault: 'no whole answer came' };
  return judgeAnswer(request, outcome);
}

/** Sends requests, so many at a time, and judges each answer; ends when the service does. */
export async function runRequests(service: SpawnedService, options: RunOptions): Promise<FuzzReport> {
  const { count, concurrency, make, onDone } = options;
  const counts = new Map<string, Map<string, number>>();
  const failures: FuzzFailure[] = [];
  const startedAt = performance.now();
  let started = 0;
  let done = 0;
  const isAlive = (): boolean => service.process.exitCode === null && service.process.signalCode === null;

  const sendOne = async (index: number): Promise<void> => {
    const request = make(index);
    const { label, fault } = judgeOutcome(request, await sendRequest(service.url, request));
    const ofKind = counts.get(request.kind) ?? new Map<string, number>();
    counts.set(request.kind, ofKind.set(label, (ofKind.get(label) ?? 0) + 1));
    if (fault !== undefined) failures.push({ index, kind: request.kind, fault });
    if (!isAlive()) failures.push({ index, kind: request.kind, fault: 'the service has ended' });
    done += 1;
    onDone?.(done);
  };
  const work = async (): Promise<void> => {
    while (started < count && isAlive()) await sendOne(started++);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { counts, failures, seconds: (performance.now() - startedAt) / 1000 };
}
