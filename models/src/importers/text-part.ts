// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { CardText } from '../card.ts';
import { readTokenizer, TokenizerError } from '../text/read-tokenizer.ts';
import { openTextSession, type TextSession } from '../text/text-session.ts';
import { openByteSource } from './byte-source.ts';
import { ImportError, quote } from './import-error.ts';
import { MAX_GRAPH_BYTES, openExternalWeights } from './onnx/external-data.ts';
import { type DeclaredTensor, declaredText, FLOAT32, type OnnxModel } from './onnx/onnx-model.ts';
import { pickTensor, readOnnx } from './onnx/read-onnx.ts';
import { runtimeError } from './onnx/runtime-error.ts';

const INT64 = 7;
const MAX_TOKENIZER_BYTES = 2 ** 25;
const GOLDEN_TEXTS = ['a dog barks in the rain', 'Слон, 象, éléphant 🐘: calm piano music'];
const MIN_COSINE = { fp32: 0.9999, fp16: 0.999, int8: 0.99 } as const;
const DIGITS = 6;

interface SummedFile {
  readonly path: string;
  readonly sha256: string;
}

export interface TextPartOptions extends Pick<CardText, 'input' | 'output' | 'maxTokens'> {
  /** Of the space. */
  readonly id: string;
  readonly dims: number;
  readonly graph: SummedFile;
  readonly tokenizer: SummedFile;
  readonly padToken: string;
}

/** What embeds words, read and found to fit; its files are copied as they are. */
export interface TextPart {
  /** Without golden texts. */
  readonly text: CardText;
  readonly files: readonly { readonly name: string; readonly path: string }[];
  /** @throws ImportError GRAPH_MISMATCH, GRAPH_UNSUPPORTED, CHECKPOINT_MISMATCH */
  makeGolden(): Promise<CardText['golden']>;
}

function readGraph(path: string): OnnxModel {
  const source = openByteSource(path);
  try {
    if (source.size > MAX_GRAPH_BYTES)
      throw new ImportError(
        'CHECKPOINT_INVALID',
        `${source.name} has ${source.size} bytes, more than an ONNX file can`,
      );
    return readOnnx(source.read(0, source.size), source.name);
  } finally {
    source.close();
  }
}

/** Text graphs are stored as they are, so their weights must be in them. */
function assertSelfContained(path: string, { bytes, file }: OnnxModel): void {
  const external = openExternalWeights(path, bytes, file);
  const [first] = external.files.keys();
  external.close();
  if (first !== undefined)
    throw new ImportError('GRAPH_UNSUPPORTED', `${file} has weights in another file (${first}): export it as one file`);
}

function assertTokens({ file }: OnnxModel, tensor: DeclaredTensor): void {
  const { type, dims } = tensor;
  const isOpen = dims === undefined || (dims.length === 2 && dims.every((dim) => typeof dim === 'string'));
  if ((type === undefined || type === INT64) && isOpen) return;
  throw new ImportError(
    'GRAPH_MISMATCH',
    `${file}: ${declaredText(tensor)} should be int64 [batch,tokens], both of any size`,
  );
}

function assertVector({ file }: OnnxModel, tensor: DeclaredTensor, dims: number): void {
  const size = tensor.dims?.[1];
  const isFit = (tensor.dims?.length ?? 2) === 2 && (typeof size !== 'number' || size === dims);
  if (isFit && (tensor.type === undefined || tensor.type === FLOAT32)) return;
  throw new ImportError(
    'GRAPH_MISMATCH',
    `${file}: ${declaredText(tensor)} should be float32 [batch,${dims}], as sounds have it`,
  );
}

function assertGraph(model: OnnxModel, { input, output, dims }: TextPartOptions): void {
  const wanted = [input.ids, ...(input.mask === null ? [] : [input.mask])];
  for (const name of wanted) assertTokens(model, pickTensor(name, model.inputs, { file: model.file, role: 'input' }));
  const further = model.inputs.find(({ name }) => !wanted.includes(name));
  if (further)
    throw new ImportError('GRAPH_MISMATCH', `${model.file}: ${declaredText(further)} is an input that nobody gives`);
  assertVector(model, pickTensor(output.tensor, model.outputs, { file: model.file, role: 'output' }), dims);
}

function readTokenizerBytes(path: string): Uint8Array {
  const source = openByteSource(path);
  try {
    if (source.size > MAX_TOKENIZER_BYTES)
      throw new ImportError('CHECKPOINT_INVALID', `${source.name} has ${source.size} bytes, more than a tokenizer has`);
    return source.read(0, source.size);
  } finally {
    source.close();
  }
}

const tokenizerMismatch = (path: string, error: TokenizerError): ImportError =>
  new ImportError('CHECKPOINT_MISMATCH', `${basename(path)}: ${error.message}`, error);

function assertTokenizer(path: string, padToken: string): void {
  try {
    const { model, added_tokens } = readTokenizer(readTokenizerBytes(path));
    if (Object.hasOwn(model.vocab, padToken) || added_tokens.some(({ content }) => content === padToken)) return;
    throw new TokenizerError(`it has no token ${quote(padToken)} for padding`);
  } catch (error) {
    throw error instanceof TokenizerError ? tokenizerMismatch(path, error) : error;
  }
}

async function runGolden(session: TextSession, dims: number, file: string): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (const text of GOLDEN_TEXTS) rows.push((await session.run([text])).vectors);
  const isUsable = rows.every((row) => row.length === dims && row.every(Number.isFinite) && row.some((v) => v !== 0));
  const [first, second] = rows;
  if (!isUsable || first?.every((value, i) => value === second?.[i]))
    throw new ImportError('GRAPH_MISMATCH', `${file} gives no usable vectors of words`);
  return rows;
}

async function makeGolden({ dims, graph, tokenizer }: TextPartOptions, text: CardText): Promise<CardText['golden']> {
  const file = basename(graph.path);
  const files = { graph: graph.path, tokenizer: readFileSync(tokenizer.path) };
  const options = { enableCpuMemArena: false, graphOptimizationLevel: 'basic', logSeverityLevel: 4 } as const;
  try {
    const session = await openTextSession({ dims, text }, files, options);
    try {
      const rows = await runGolden(session, dims, file);
      const minCosine = MIN_COSINE[text.graph.precision];
      return rows.map((row, i) => ({
        text: GOLDEN_TEXTS[i] ?? '',
        embedding: Array.from(row, (value) => Number(value.toPrecision(DIGITS))),
        minCosine,
      }));
    } finally {
      await session.release();
    }
  } catch (error) {
    if (error instanceof ImportError) throw error;
    if (error instanceof TokenizerError) throw tokenizerMismatch(tokenizer.path, error);
    throw runtimeError(error, file, 'embedding words');
  }
}

/**
 * A text graph and its tokenizer, held against what the card will say.
 * @throws ImportError naming file and tensor
 */
export function openTextPart(options: TextPartOptions): TextPart {
  const { id, graph, tokenizer, input, output, maxTokens, padToken } = options;
  assertTokenizer(tokenizer.path, padToken);
  const model = readGraph(graph.path);
  assertGraph(model, options);
  assertSelfContained(graph.path, model);
  const names = { graph: `${id}.text.onnx`, tokenizer: `${id}.tokenizer` };
  const text: CardText = {
    graph: { file: names.graph, sha256: graph.sha256, precision: model.precision },
    input: { ...input },
    output: { ...output },
    tokenizer: { file: names.tokenizer, sha256: tokenizer.sha256, padToken },
    maxTokens,
    golden: [],
  };
  return {
    text,
    files: [
      { name: names.graph, path: graph.path },
      { name: names.tokenizer, path: tokenizer.path },
    ],
    makeGolden: () => makeGolden(options, text),
  };
}
