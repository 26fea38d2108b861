// SPDX-License-Identifier: Apache-2.0

/** A constant of the graph; the element type follows from the array type, unless it is given. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;
  /** ONNX number of a type that has no array here (half precision, text …): `data` are then its raw bytes. */
  readonly elementType?: number;
}

/** int64 unless told otherwise: ONNX distinguishes 1 and 1.0. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string }
  /** An attribute of another kind, as it was read. */
  | { readonly encoded: Uint8Array };

export interface Node {
  readonly op: string;
  /** Operator set other than the default one. */
  readonly domain?: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph input or output, float32 unless told otherwise; a string dimension is symbolic (any size). */
export interface ValueInfo {
  readonly name: string;
  /** ONNX number of the element type. */
  readonly elementType?: number;
  /** undefined where nothing is declared. */
  readonly dims: readonly (number | string)[] | undefined;
}

export interface Model {
  readonly name: string;
  readonly description: string;
  /** Version of the default operator set. */
  readonly opset: number;
  /** Versions of other operator sets, by domain. */
  readonly domains?: Readonly<Record<string, number>>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}
