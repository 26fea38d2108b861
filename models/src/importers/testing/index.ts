// SPDX-License-Identifier: Apache-2.0
export { BYTE_TOKENS, byteTokenizer } from './byte-tokenizer.ts';
export { writeClapPair } from './clap-pair.ts';
export { writeMelodySpace } from './melody-space.ts';
export { textGraph } from './text-graph.ts';
export { narrowLayout, narrowTensors, writeTensors } from './write-panns-checkpoint.ts';
