// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { versionOf } from '../find-model.ts';
import { bytesFromRows } from './float32-bytes.ts';

export interface InferAnswer {
  /** The JSON part. */
  readonly json: object;
  /** The tensor's bytes, when it was asked for in binary. */
  readonly binary: Buffer | undefined;
}

interface AnswerOptions {
  readonly id: string | undefined;
  readonly isBinary: boolean;
}

/** The vectors as the protocol's one output tensor, in JSON or behind it; the same float32 values either way. */
export function inferAnswer(
  space: Space,
  vectors: readonly Float32Array[],
  { id, isBinary }: AnswerOptions,
): InferAnswer {
  const { output, dims } = space.card;
  const binary = isBinary ? bytesFromRows(vectors) : undefined;
  const content = binary
    ? { parameters: { binary_data_size: binary.length } }
    : { data: vectors.flatMap((vector) => Array.from(vector)) };
  const tensor = { name: output.tensor, datatype: 'FP32', shape: [vectors.length, dims], ...content };
  const json = {
    model_name: space.card.id,
    model_version: versionOf(space),
    ...(id === undefined ? {} : { id }),
    parameters: { fingerprint: space.fingerprint },
    outputs: [tensor],
  };
  return { json, binary };
}
