// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import {
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { RequestTrace, TraceOutcome, Tracing } from '../core/trace-port.ts';
import { isExportWanted, loadTracer } from './load-tracer.ts';
import { parseTraceContext, traceHeaders } from './trace-context.ts';

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** A span that is only an identity: for logs, and for whom we call. */
function plainSpan(parent: SpanContext | undefined): Span {
  const { traceId = randomHex(16), traceFlags = 0, traceState } = parent ?? {};
  return trace.wrapSpanContext({
    traceId,
    spanId: randomHex(8),
    traceFlags,
    ...(traceState === undefined ? {} : { traceState }),
  });
}

function endSpan(span: Span, { method, route, status, errorCode }: TraceOutcome): void {
  span.updateName(route === undefined ? method : `${method} ${route}`);
  span.setAttributes({ 'http.request.method': method, 'http.response.status_code': status });
  if (route !== undefined) span.setAttribute('http.route', route);
  if (errorCode !== undefined) span.setAttribute('error.type', errorCode);
  // A client's mistake is no error of this server.
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function requestTrace(span: Span, tracer: Tracer | undefined): RequestTrace {
  const context = span.spanContext();
  const { traceId, spanId } = context;
  return {
    traceId,
    spanId,
    headers: traceHeaders(context),
    addStage: (stage, startedAt, endedAt) => {
      tracer?.startSpan(stage, { startTime: startedAt }, trace.setSpan(ROOT_CONTEXT, span)).end(endedAt);
    },
    end: (outcome) => endSpan(span, outcome),
  };
}

export interface TracingOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** What the exporter complains about. */
  readonly warn: (message: string) => void;
}

/** Every request belongs to a trace; spans are recorded and sent only when the environment names a collector. */
export async function createTracing({ env, version, warn }: TracingOptions): Promise<Tracing> {
  const loaded = isExportWanted(env) ? await loadTracer(version, warn) : undefined;
  return {
    start: ({ traceparent, tracestate }, isRecorded) => {
      const parent = parseTraceContext(traceparent, tracestate);
      const tracer = isRecorded ? loaded?.tracer : undefined;
      if (!tracer) return requestTrace(plainSpan(parent), undefined);
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
      return requestTrace(tracer.startSpan('request', { kind: SpanKind.SERVER }, context), tracer);
    },
    stop: async () => loaded?.stop(),
  };
}
