// SPDX-License-Identifier: Apache-2.0
import { createTraceState, isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** version, trace id, parent id, flags; versions after 00 may carry more behind a further dash. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const FORBIDDEN_VERSION = 'ff';
const CURRENT_VERSION = '00';
const SAMPLED = 1;

/**
 * Who called, by W3C Trace Context (https://www.w3.org/TR/trace-context/). Undefined without a valid `traceparent`;
 * then `tracestate` does not count either.
 */
export function parseTraceContext(traceparent: unknown, tracestate: unknown): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, version, traceId = '', spanId = '', flags = '00', rest] = TRACEPARENT.exec(traceparent.trim()) ?? [];
  if (version === undefined || version === FORBIDDEN_VERSION) return undefined;
  if (version === CURRENT_VERSION && rest !== undefined) return undefined;
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & SAMPLED,
    isRemote: true,
    ...(typeof tracestate === 'string' && tracestate !== '' ? { traceState: createTraceState(tracestate) } : {}),
  };
  return isSpanContextValid(context) ? context : undefined;
}

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `${CURRENT_VERSION}-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Headers that tell another service of this span. */
export function traceHeaders(context: SpanContext): Record<string, string> {
  const tracestate = context.traceState?.serialize() ?? '';
  return { traceparent: formatTraceparent(context), ...(tracestate === '' ? {} : { tracestate }) };
}
