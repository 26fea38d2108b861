// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel } from '../../build/onnx/encode-model.ts';
import { createGraphBuilder } from '../../build/onnx/graph-builder.ts';
import type { Model } from '../../build/onnx/model.ts';
import { toBytes } from '../../build/onnx/wire.ts';
import { BYTE_TOKENS, byteTokenizer } from './byte-tokenizer.ts';
import { seededNumbers, textGraph } from './text-graph.ts';

const MELS = 64;

/** Weights of `clapAudioGraph`: [mels, dims], row-major. */
export const clapAudioWeights = (dims: number): Float32Array => seededNumbers(MELS * dims, 11);

/** An audio graph with the inputs and outputs of CLAP's: the mean level of each mel, mixed by random weights. */
export function clapAudioGraph(dims = 512): Model {
  const g = createGraphBuilder();
  const features = g.input('input_features', ['audio_batch_size', 'num_channels', 'height', 'width']);
  const means = g.op('ReduceMean', [features], { axes: { ints: [1, 2] }, keepdims: { int: 0 } });
  const weights = g.floats('projection', [MELS, dims], clapAudioWeights(dims));
  g.output('audio_embeds', g.op('MatMul', [means, weights]), ['audio_batch_size', dims]);
  return g.build({ name: 'audio', description: 'for tests', metadata: {} });
}

interface ClapPair {
  readonly audio: Model;
  readonly text: Model;
  readonly tokenizer: unknown;
}

/** A folder laid out as on the Hub, with a small random pair of graphs; `changes` make it odd. */
export function writeClapPair(dir: string, changes: Partial<ClapPair> = {}): void {
  const pair = {
    audio: clapAudioGraph(),
    text: textGraph({ vocabulary: BYTE_TOKENS, dims: 512 }),
    tokenizer: byteTokenizer(),
    ...changes,
  };
  mkdirSync(join(dir, 'onnx'), { recursive: true });
  writeFileSync(join(dir, 'onnx', 'audio_model.onnx'), toBytes(encodeModel(pair.audio)));
  writeFileSync(join(dir, 'onnx', 'text_model.onnx'), toBytes(encodeModel(pair.text)));
  writeFileSync(join(dir, 'tokenizer.json'), JSON.stringify(pair.tokenizer));
}
