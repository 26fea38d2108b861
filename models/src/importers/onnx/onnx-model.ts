// SPDX-License-Identifier: Apache-2.0

/** Element types by ONNX's number; bytes per element where whole bytes hold one. */
const ELEMENT_TYPES: Readonly<Record<number, { readonly name: string; readonly bytes?: number }>> = {
  1: { name: 'float32', bytes: 4 },
  2: { name: 'uint8', bytes: 1 },
  3: { name: 'int8', bytes: 1 },
  4: { name: 'uint16', bytes: 2 },
  5: { name: 'int16', bytes: 2 },
  6: { name: 'int32', bytes: 4 },
  7: { name: 'int64', bytes: 8 },
  8: { name: 'string' },
  9: { name: 'bool', bytes: 1 },
  10: { name: 'float16', bytes: 2 },
  11: { name: 'float64', bytes: 8 },
  12: { name: 'uint32', bytes: 4 },
  13: { name: 'uint64', bytes: 8 },
  14: { name: 'complex64', bytes: 8 },
  15: { name: 'complex128', bytes: 16 },
  16: { name: 'bfloat16', bytes: 2 },
};
export const FLOAT32 = 1;
export const FLOAT16 = 10;
/** Real numbers that a Cast turns into float32 and back. */
export const REAL_TYPES: ReadonlySet<number> = new Set([FLOAT32, FLOAT16, 11, 16]);

export const elementTypeName = (type: number): string => ELEMENT_TYPES[type]?.name ?? `type ${type}`;
export const elementBytes = (type: number): number | undefined => ELEMENT_TYPES[type]?.bytes;

/** An input or output as a graph declares it. */
export interface DeclaredTensor {
  readonly name: string;
  /** Element type by number; undefined when it is not declared, or the value is no tensor. */
  readonly type: number | undefined;
  /** Sizes, or names of sizes that are left open; undefined when nothing is declared. */
  readonly dims: readonly (number | string)[] | undefined;
}

/** A tensor of a file for people: `x float32 [batch,1,128,1000]`. */
export const declaredText = ({ name, type, dims }: DeclaredTensor): string =>
  `${name} ${type === undefined ? 'of undeclared type' : elementTypeName(type)}${dims ? ` [${dims.join(',')}]` : ''}`;

/** What of an ONNX file matters for turning it into a space; the bytes themselves stay as they are. */
export interface OnnxModel {
  /** File name without folders. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly irVersion: number;
  /** Version of the default operator set. */
  readonly opset: number;
  /** Inputs that someone must give: those without a value in the file. */
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  /** Names of everything that the nodes of the main graph compute. */
  readonly computed: ReadonlySet<string>;
  /** `fp16` or `int8` when weights are so, wherever they stand. */
  readonly precision: 'fp32' | 'fp16' | 'int8';
}
