// SPDX-License-Identifier: Apache-2.0
import { createPickleMachine, type PicklePlace } from './pickle-machine.ts';
import { OPCODES } from './pickle-opcodes.ts';
import type { PickleValue, Storage } from './pickle-values.ts';

const STOP = 0x2e;

export interface Pickle {
  readonly value: PickleValue;
  /** Every storage that the value refers to, by its key. */
  readonly storages: ReadonlyMap<string, Storage>;
  /** Position behind the pickle. */
  readonly end: number;
}

/**
 * Reads one pickle without running anything: names of Python's are compared with a list, a handful of functions have a
 * counterpart here, everything else is refused. Each instruction takes at least a byte and makes at most one value, so time
 * and memory stay proportional to the bytes.
 * @param program bytes that hold the pickle, and perhaps more behind it
 * @throws ImportError CHECKPOINT_UNSAFE for a name that is not allowed, CHECKPOINT_INVALID otherwise; both name the offset
 */
export function readPickle(program: Uint8Array, start: number, place: PicklePlace): Pickle {
  const m = createPickleMachine(program, start, place);
  for (;;) {
    m.position();
    const opcode = m.unsigned(1);
    if (opcode === STOP) break;
    const step = OPCODES.get(opcode);
    if (!step) return m.refuse(`pickle instruction 0x${opcode.toString(16).padStart(2, '0')} is not allowed`);
    step(m);
  }
  const value = m.pop();
  if (m.depth() > 0) m.refuse('the pickle ends with values left over');
  return { value, storages: m.storages, end: m.position() };
}
