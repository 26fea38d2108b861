// SPDX-License-Identifier: Apache-2.0
import type { SpawnedService } from '../../src/testing/spawn-service.ts';
import type { LoadGenerator } from '../support/load-generator.ts';
import type { LoadJob, LoadResult } from '../support/load-job.ts';
import type { RequestKind } from './request-kinds.ts';

/** What every measurement needs. */
export interface BenchParts {
  readonly service: SpawnedService;
  readonly load: LoadGenerator;
  /** Length of one measurement. */
  readonly seconds: number;
}

/** Sends one kind of request to the service as planned. */
export function sendLoad({ service, load }: BenchParts, kind: RequestKind, plan: LoadJob['plan']): Promise<LoadResult> {
  return load.run({ ...kind, origin: service.url, plan });
}

/** @throws Error when anything but successes and refusals to be repeated came back: a figure with failures in it means nothing. */
export function expectSuccesses(result: LoadResult): LoadResult {
  const others = Object.entries(result.answers).filter(([status]) => status !== '200' && status !== '429');
  if (others.length > 0 || result.latenciesMs.length === 0)
    throw new Error(`the service did not answer every request with 200 in the end: ${JSON.stringify(result.answers)}`);
  return result;
}
