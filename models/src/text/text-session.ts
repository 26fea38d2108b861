// SPDX-License-Identifier: Apache-2.0
import type { Card, CardText } from '../card.ts';
import { InferenceSession, type SessionOptions, Tensor } from '../onnx-runtime.ts';
import { createTextEncoder } from './text-encoder.ts';

export interface TextVectors {
  /** float32 [texts × dims], as the graph gives them. */
  readonly vectors: Float32Array;
  /** Tokens of each text before it was cut to what the graph takes. */
  readonly tokens: readonly number[];
}

/** The tokenizer and the text graph of a space in memory. */
export interface TextSession {
  run(texts: readonly string[]): Promise<TextVectors>;
  release(): Promise<void>;
}

export interface TextFiles {
  /** The ONNX graph, or its path. */
  readonly graph: Uint8Array | string;
  /** tokenizer.json */
  readonly tokenizer: Uint8Array;
}

function assertTensors({ input, output }: CardText, session: InferenceSession): void {
  const wanted = [input.ids, ...(input.mask === null ? [] : [input.mask])];
  for (const name of wanted)
    if (!session.inputNames.includes(name))
      throw new Error(`the text graph has no input ${name} (it has ${session.inputNames.join(', ')})`);
  const further = session.inputNames.find((name) => !wanted.includes(name));
  if (further !== undefined) throw new Error(`the text graph needs an input ${further}, which the card does not know`);
  if (!session.outputNames.includes(output.tensor))
    throw new Error(`the text graph has no output ${output.tensor} (it has ${session.outputNames.join(', ')})`);
}

/**
 * @param options of the ONNX Runtime session
 * @throws Error, TokenizerError
 */
export async function openTextSession(
  { dims, text }: { readonly dims: Card['dims']; readonly text: Omit<CardText, 'golden'> },
  files: TextFiles,
  options: SessionOptions,
): Promise<TextSession> {
  const encoder = await createTextEncoder(files.tokenizer, text);
  const { graph } = files;
  const session = await (typeof graph === 'string'
    ? InferenceSession.create(graph, options)
    : InferenceSession.create(graph, options));
  try {
    assertTensors(text as CardText, session);
  } catch (error) {
    await session.release();
    throw error;
  }
  const { input, output } = text;
  return {
    run: async (texts) => {
      const { rows, width, ids, mask, counts } = encoder.encode(texts);
      const feed = { [input.ids]: new Tensor('int64', ids, [rows, width]) };
      if (input.mask !== null) feed[input.mask] = new Tensor('int64', mask, [rows, width]);
      const result = (await session.run(feed, [output.tensor]))[output.tensor];
      const data = result?.data;
      if (!(data instanceof Float32Array) || data.length !== rows * dims)
        throw new Error(
          `${output.tensor} is ${result?.type} [${result?.dims}], the card says float32 [${rows},${dims}]`,
        );
      return { vectors: data, tokens: counts };
    },
    release: () => session.release(),
  };
}
