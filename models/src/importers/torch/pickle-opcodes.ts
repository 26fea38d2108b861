// SPDX-License-Identifier: Apache-2.0
import { quote } from '../import-error.ts';
import type { PickleMachine } from './pickle-machine.ts';
import { type Dict, isKind, type PickleValue } from './pickle-values.ts';
import { applyGlobal, isAllowedGlobal, storageOf } from './torch-globals.ts';

type Step = (m: PickleMachine) => void;

const MAX_INTEGER_BYTES = 16;

function longInteger(m: PickleMachine): number | bigint {
  const count = m.unsigned(1);
  if (count > MAX_INTEGER_BYTES) return m.refuse(`an integer has ${count} bytes`);
  const value = m.bytes(count).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const signed = BigInt.asIntN(Math.max(8, count * 8), value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

function text(m: PickleMachine): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(m.bytes(m.unsigned(4)));
  } catch (error) {
    if (error instanceof TypeError) return m.refuse('a text is not UTF-8');
    throw error;
  }
}

function global(m: PickleMachine): PickleValue {
  const [module, name] = [m.line(), m.line()];
  const full = `${module}.${name}`;
  if (!isAllowedGlobal(full))
    return m.refuse(`the file wants to use ${quote(full)}, which no table of weights needs`, 'CHECKPOINT_UNSAFE');
  return { kind: 'global', name: full };
}

function reduce(m: PickleMachine): PickleValue {
  const [args, callee] = [m.pop(), m.pop()];
  if (!isKind(callee, 'global') || !isKind(args, 'tuple')) return m.refuse('something is called that is no function');
  return applyGlobal(callee.name, args.items, m.refuse);
}

function storage(m: PickleMachine): PickleValue {
  const found = storageOf(m.pop(), m.refuse);
  const known = m.storages.get(found.key);
  if (known && (known.dtype !== found.dtype || known.elements !== found.elements))
    return m.refuse(`storage ${quote(found.key)} is described twice, and differently`);
  m.storages.set(found.key, known ?? found);
  return known ?? found;
}

/** Takes a state: torch hangs `_metadata` on a state_dict, which no importer needs. */
function build(m: PickleMachine): void {
  m.pop();
  if (!isKind(m.top(), 'dict')) m.refuse('a state is set on something that is no OrderedDict');
}

function dictOnTop(m: PickleMachine): Dict {
  const dict = m.top();
  return isKind(dict, 'dict') ? dict : m.refuse('an entry is put into something that is no dict');
}

function keyOf(m: PickleMachine, value: PickleValue | undefined): string | number {
  return typeof value === 'string' || typeof value === 'number' ? value : m.refuse('a key is neither text nor number');
}

function setItems(m: PickleMachine, items: readonly PickleValue[]): void {
  const { entries } = dictOnTop(m);
  if (items.length % 2 === 1) m.refuse('a key has no value');
  for (let i = 0; i < items.length; i += 2) {
    const key = keyOf(m, items[i]);
    if (entries.has(key)) m.refuse(`key ${quote(String(key))} occurs twice`);
    entries.set(key, items[i + 1] ?? null);
  }
}

function append(m: PickleMachine, items: readonly PickleValue[]): void {
  const list = m.top();
  if (!isKind(list, 'list')) m.refuse('a value is appended to something that is no list');
  else for (const item of items) list.items.push(item);
}

const tuple = (m: PickleMachine, count: number): PickleValue => ({
  kind: 'tuple',
  items: Array.from({ length: count }, () => m.pop()).reverse(),
});

function protocol(m: PickleMachine): void {
  const version = m.unsigned(1);
  if (version !== 2) m.refuse(`pickle protocol ${version}; torch writes protocol 2`);
}

const constant =
  (value: PickleValue): Step =>
  (m) =>
    m.push(value);

/** Every instruction that torch's protocol-2 pickles of weights consist of, by its byte; STOP ends the program elsewhere. */
const STEPS: Readonly<Record<string, Step>> = {
  '\x80': protocol,
  c: (m) => m.push(global(m)),
  q: (m) => m.memoise(m.unsigned(1)),
  r: (m) => m.memoise(m.unsigned(4)),
  h: (m) => m.push(m.recall(m.unsigned(1))),
  j: (m) => m.push(m.recall(m.unsigned(4))),
  '(': (m) => m.mark(),
  t: (m) => m.push({ kind: 'tuple', items: m.popMark() }),
  '\x85': (m) => m.push(tuple(m, 1)),
  '\x86': (m) => m.push(tuple(m, 2)),
  '\x87': (m) => m.push(tuple(m, 3)),
  ')': (m) => m.push({ kind: 'tuple', items: [] }),
  '}': (m) => m.push({ kind: 'dict', entries: new Map() }),
  ']': (m) => m.push({ kind: 'list', items: [] }),
  a: (m) => append(m, [m.pop()]),
  e: (m) => append(m, m.popMark()),
  s: (m) => setItems(m, [m.pop(), m.pop()].reverse()),
  u: (m) => setItems(m, m.popMark()),
  X: (m) => m.push(text(m)),
  J: (m) => m.push(m.unsigned(4) | 0),
  K: (m) => m.push(m.unsigned(1)),
  M: (m) => m.push(m.unsigned(2)),
  '\x8a': (m) => m.push(longInteger(m)),
  G: (m) => m.push(Buffer.from(m.bytes(8)).readDoubleBE()),
  '\x88': constant(true),
  '\x89': constant(false),
  N: constant(null),
  R: (m) => m.push(reduce(m)),
  b: build,
  Q: (m) => m.push(storage(m)),
};

export const OPCODES: ReadonlyMap<number, Step> = new Map(
  Object.entries(STEPS).map(([byte, step]) => [byte.charCodeAt(0), step]),
);
