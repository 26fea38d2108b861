// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseTraceContext, traceHeaders } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('an incoming traceparent', () => {
  test('is taken with its flags and tracestate, and goes on as it came', () => {
    const context = parseTraceContext(`00-${TRACE}-${SPAN}-01`, 'rojo=1,congo=t61');
    expect(context).toMatchObject({ traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
    expect(context && traceHeaders(context)).toEqual({
      traceparent: `00-${TRACE}-${SPAN}-01`,
      tracestate: 'rojo=1,congo=t61',
    });
  });

  test('of a later version is read as far as it is known; unknown flags do not count', () => {
    expect(parseTraceContext(`01-${TRACE}-${SPAN}-03-what-comes`, undefined)).toMatchObject({ traceFlags: 1 });
    expect(parseTraceContext(`00-${TRACE}-${SPAN}-fe`, undefined)).toMatchObject({ traceFlags: 0 });
  });

  test.each([
    ['no header', undefined],
    ['empty', ''],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['version 00 with more behind it', `00-${TRACE}-${SPAN}-01-more`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['no flags', `00-${TRACE}-${SPAN}`],
    ['a longer later version without a dash', `01-${TRACE}-${SPAN}-01x`],
  ])('is ignored when it is not valid: %s', (_name, header) => {
    expect(parseTraceContext(header, 'rojo=1')).toBeUndefined();
  });

  test('a tracestate that cannot be read is dropped, the trace is kept', () => {
    const context = parseTraceContext(`00-${TRACE}-${SPAN}-00`, '=,,;');
    expect(context && traceHeaders(context)).toEqual({ traceparent: `00-${TRACE}-${SPAN}-00` });
  });
});
