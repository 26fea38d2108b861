// SPDX-License-Identifier: Apache-2.0
import { ImportError, type ImportErrorCode } from '../import-error.ts';
import type { PickleValue, Storage } from './pickle-values.ts';

/** Where the bytes of a pickle come from, for messages. */
export interface PicklePlace {
  readonly file: string;
  /** Offset of the first byte in the file. */
  readonly base: number;
}

const MAX_MEMO = 2 ** 18;

/** Stack, marks and memo of a pickle program while it is read; every access is checked. */
export interface PickleMachine {
  readonly storages: Map<string, Storage>;
  /** Position of the next byte. */
  position(): number;
  push(value: PickleValue): void;
  pop(): PickleValue;
  top(): PickleValue;
  /** Number of values on the stack. */
  depth(): number;
  mark(): void;
  /** The values above the last mark, which goes too. */
  popMark(): PickleValue[];
  memoise(index: number): void;
  recall(index: number): PickleValue;
  bytes(count: number): Uint8Array;
  unsigned(bytes: 1 | 2 | 4): number;
  /** Bytes up to a line feed, which is dropped. */
  line(): string;
  refuse(problem: string, code?: ImportErrorCode): never;
}

const MAX_LINE_BYTES = 256;

/** @param start position of the program in `program` */
export function createPickleMachine(program: Uint8Array, start: number, { file, base }: PicklePlace): PickleMachine {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  const memo = new Map<number, PickleValue>();
  let position = start;
  let instruction = start;

  const refuse: PickleMachine['refuse'] = (problem, code = 'CHECKPOINT_INVALID') => {
    throw new ImportError(code, `${file}: ${problem} (pickle at offset ${base + instruction})`);
  };
  const bytes = (count: number): Uint8Array => {
    if (!(count <= program.length - position)) return refuse(`the pickle ends where ${count} bytes are needed`);
    position += count;
    return program.subarray(position - count, position);
  };
  const floor = (): number => marks.at(-1) ?? 0;
  const top = (): PickleValue =>
    stack.length > floor() ? (stack.at(-1) as PickleValue) : refuse('a value is asked of an empty stack');
  return {
    storages: new Map(),
    position: () => {
      instruction = position;
      return position;
    },
    push: (value) => stack.push(value),
    pop: () => (stack.length > floor() ? (stack.pop() as PickleValue) : refuse('a value is taken from an empty stack')),
    top,
    depth: () => stack.length,
    mark: () => marks.push(stack.length),
    popMark: () => {
      const at = marks.pop();
      return at === undefined ? refuse('there is no mark') : stack.splice(at);
    },
    memoise: (index) => {
      if (memo.size >= MAX_MEMO) refuse(`more than ${MAX_MEMO} values are memoised`);
      memo.set(index, top());
    },
    recall: (index) => {
      const value = memo.get(index);
      return value === undefined ? refuse(`value ${index} was never memoised`) : value;
    },
    bytes,
    unsigned: (count) => {
      bytes(count);
      const at = position - count;
      return count === 1 ? view.getUint8(at) : count === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    },
    line: () => {
      const end = program.subarray(position, position + MAX_LINE_BYTES).indexOf(10);
      if (end < 0) return refuse(`a name has no end within ${MAX_LINE_BYTES} bytes`);
      const text = new TextDecoder().decode(bytes(end));
      bytes(1);
      return text;
    },
    refuse,
  };
}
