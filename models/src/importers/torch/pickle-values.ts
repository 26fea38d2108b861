// SPDX-License-Identifier: Apache-2.0

/** Element types of storages, with the bytes of one element. */
export const DTYPE_BYTES = { float32: 4, int64: 8, float16: 2 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** Data of one or several tensors, somewhere else in the file. */
export interface Storage {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: Dtype;
  readonly elements: number;
}

/** A strided view of a storage; counts and offset in elements. */
export interface TensorView {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly offset: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

/** A name of Python's that the file refers to; never looked up, never run. */
export interface Global {
  readonly kind: 'global';
  readonly name: string;
}

export interface Tuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

export interface List {
  readonly kind: 'list';
  readonly items: PickleValue[];
}

export interface Dict {
  readonly kind: 'dict';
  readonly entries: Map<string | number, PickleValue>;
}

/** What the stack of a pickle holds. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Storage
  | TensorView
  | Global
  | Tuple
  | List
  | Dict;

/** Narrows to one of the compound kinds. */
export function isKind<K extends 'storage' | 'tensor' | 'global' | 'tuple' | 'list' | 'dict'>(
  value: PickleValue | undefined,
  kind: K,
): value is Extract<PickleValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

export const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
