// SPDX-License-Identifier: Apache-2.0

/** `never`: a refused client goes away; `as-told`: it waits for Retry-After; `impatient`: it asks again every 250 ms. */
export type RetryHabit = 'never' | 'as-told' | 'impatient';

/** Clients that each send the next request when the last one is answered; refused for overload they wait as told. */
export interface ClosedPlan {
  readonly kind: 'closed';
  readonly clients: number;
  /** When they stop: after so many seconds, or when so many requests are done. */
  readonly until: { readonly seconds: number } | { readonly requests: number };
}

/** Clients that come whether or not earlier ones were answered (Poisson arrivals), each with a deadline. */
export interface OpenPlan {
  readonly kind: 'open';
  readonly arrivalsPerSecond: number;
  readonly seconds: number;
  readonly deadlineMs: number;
  readonly retry: RetryHabit;
}

export interface LoadJob {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent in turn. */
  readonly bodies: readonly Uint8Array[];
  /** Where a running number is written into each body, so that no cache answers; none: bodies go as they are. */
  readonly stamp?: { readonly offset: number; readonly as: 'pcm16' | 'float32' };
  readonly plan: ClosedPlan | OpenPlan;
}

export interface LoadResult {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Of each success, from the client's first attempt, ms. */
  readonly latenciesMs: readonly number[];
  /** Successes within the client's deadline that came while clients were still arriving. */
  readonly inTime: number;
  /** Answers by status; `error CODE` counts broken connections, `gave up` clients that met their deadline. */
  readonly answers: Readonly<Record<string, number>>;
  /** Among the 429s. */
  readonly withRetryAfter: number;
}
