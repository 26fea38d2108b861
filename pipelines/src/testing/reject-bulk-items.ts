// SPDX-License-Identifier: Apache-2.0
import type { PassingFault } from './elasticsearch-proxy.ts';

interface Operation {
  readonly action: string;
  readonly id: string;
  readonly lines: readonly string[];
}

function parse(body: Buffer): Operation[] {
  const lines = body
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  const operations: Operation[] = [];
  for (let i = 0; i < lines.length; i++) {
    const head = lines[i] ?? '{}';
    const [action = '', meta] = Object.entries(JSON.parse(head) as Record<string, { _id: string }>)[0] ?? [];
    const document = action === 'delete' ? [] : [lines[++i] ?? ''];
    operations.push({ action, id: meta?._id ?? '', lines: [head, ...document] });
  }
  return operations;
}

const rejection = ({ action, id }: Operation): object => ({
  [action]: {
    _id: id,
    _index: 'rejected',
    status: 429,
    error: { type: 'es_rejected_execution_exception', reason: 'rejected by the test' },
  },
});

/** A `_bulk` request whose items are rejected with 429 where `isRejected` says so; the rest reaches the server. */
export function rejectBulkItems(body: Buffer, isRejected: () => boolean): PassingFault {
  const operations = parse(body).map((operation) => ({ operation, rejected: isRejected() }));
  const passed = operations.filter(({ rejected }) => !rejected);
  if (passed.length === 0)
    return {
      kind: 'answer',
      status: 200,
      body: { errors: true, items: operations.map(({ operation }) => rejection(operation)) },
    };
  return {
    kind: 'rewrite',
    body: Buffer.from(passed.flatMap(({ operation }) => operation.lines.map((line) => `${line}\n`)).join('')),
    answer: (answered) => {
      const given = JSON.parse(answered.toString()) as { items?: object[] };
      if (!given.items) return answered;
      const { items } = given;
      const merged = operations.map(({ operation, rejected }) => (rejected ? rejection(operation) : items.shift()));
      return Buffer.from(JSON.stringify({ errors: true, items: merged }));
    },
  };
}
