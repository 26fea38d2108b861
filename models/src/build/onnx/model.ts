// SPDX-License-Identifier: Apache-2.0

/** A constant of the graph; the element type follows from the array type. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

/** int64 unless told otherwise: ONNX distinguishes 1 and 1.0. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string };

export interface Node {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A float32 graph input or output; a string dimension is symbolic (any size). */
export interface ValueInfo {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

export interface Model {
  readonly name: string;
  readonly description: string;
  /** Version of the default operator set. */
  readonly opset: number;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}
