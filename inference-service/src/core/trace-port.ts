// SPDX-License-Identifier: Apache-2.0
import type { Stage } from './observer-port.ts';

export interface TraceOutcome {
  readonly method: string;
  /** Pattern of the route. */
  readonly route: string | undefined;
  readonly status: number;
  readonly errorCode: string | undefined;
}

/** The span of one request, in the trace of its caller or in one of its own. */
export interface RequestTrace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: this request's own. */
  readonly spanId: string;
  /** `traceparent` and `tracestate` of requests made on behalf of this one. */
  readonly headers: Readonly<Record<string, string>>;
  /** A stage that is over, as a child span; times of performance.now(). */
  addStage(stage: Stage, startedAt: number, endedAt: number): void;
  end(outcome: TraceOutcome): void;
}

/** What deeper parts may know of the request they work for. */
export interface RequestScope {
  readonly trace: RequestTrace;
  readonly key: { readonly name: string } | undefined;
}

export interface Tracing {
  /**
   * @param headers of the incoming request: `traceparent` and `tracestate` are looked at
   * @param isRecorded false for probes: part of the trace, but no span of them is sent
   */
  start(headers: Readonly<Record<string, string | string[] | undefined>>, isRecorded: boolean): RequestTrace;
  /** Sends what has not been sent. */
  stop(): Promise<void>;
}
