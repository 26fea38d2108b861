// SPDX-License-Identifier: Apache-2.0
import { logMelSpectrogram } from '../../build/front-end/log-mel-graph.ts';
import { framesOf, type LogMelSettings } from '../../build/front-end/log-mel-settings.ts';
import { createGraphBuilder, type GraphBuilder, type Value } from '../../build/onnx/graph-builder.ts';
import type { Model } from '../../build/onnx/model.ts';
import { ImportError, quote } from '../import-error.ts';
import { type CardFile, logMelSettings } from './card-file.ts';
import { type DeclaredTensor, declaredText, FLOAT32, type OnnxModel, REAL_TYPES } from './onnx-model.ts';
import { pickTensor } from './read-onnx.ts';

/** Our operators before and after somebody's graph. */
export interface GraphWrap {
  /** Gives the graph's own input; undefined when that takes the waveform as it is. */
  readonly head: Model | undefined;
  /** Makes the vector of the graph's output; undefined when that is one already. */
  readonly tail: Model | undefined;
  /** The graph's own tensors that the two are joined to. */
  readonly input: string;
  readonly output: string;
}

const WORDS = { name: '', description: '', metadata: {} };
/** Names at the outer ends of head and tail. */
export const HEAD_INPUT = 'waveform';
export const HEAD_OUTPUT = 'spectrogram';
export const TAIL_INPUT = 'features';
export const TAIL_OUTPUT = 'embedding';
/** Version of the operator set in which the axes of ReduceMean and ReduceMax became an input; 13 for ReduceSum. */
const AXES_AS_INPUT = 18;
const SUM_AXES_AS_INPUT = 13;
const LEAST_SQUARES = 1e-24;

function refuse({ file }: OnnxModel, tensor: DeclaredTensor, problem: string): never {
  throw new ImportError('GRAPH_MISMATCH', `${file}: ${declaredText(tensor)} ${problem}`);
}

function assertReal(model: OnnxModel, tensor: DeclaredTensor): void {
  if (tensor.type !== undefined && !REAL_TYPES.has(tensor.type)) refuse(model, tensor, 'holds no real numbers');
}

/** Sizes that a tensor must have, one of them any for strings; the first is the batch and must be left open. */
function assertSizes(
  model: OnnxModel,
  tensor: DeclaredTensor,
  wanted: readonly (number | string)[],
  why: string,
): void {
  const { dims } = tensor;
  if (!dims) return;
  if (dims.length !== wanted.length) refuse(model, tensor, `should be [${wanted.join(',')}] ${why}`);
  if (typeof dims[0] === 'number')
    refuse(model, tensor, `takes batches of ${dims[0]} only; export it with a dynamic first axis`);
  const at = dims.findIndex((dim, i) => typeof dim === 'number' && typeof wanted[i] === 'number' && dim !== wanted[i]);
  if (at >= 0) refuse(model, tensor, `should be [${wanted.join(',')}] ${why}`);
}

/** The input as the graph wants it; adds a Cast where it is of lower or higher precision. */
function giveInput(g: GraphBuilder, value: Value, tensor: DeclaredTensor): Model {
  const type = tensor.type ?? FLOAT32;
  const fit = type === FLOAT32 ? value : g.op('Cast', [value], { to: { int: type } });
  g.output(HEAD_OUTPUT, fit, []);
  return g.build(WORDS);
}

function melHead(model: OnnxModel, tensor: DeclaredTensor, card: CardFile, settings: LogMelSettings): Model {
  const sizes: Record<string, number | string> = {
    batch: 'batch',
    1: 1,
    mels: settings.mels.bands,
    frames: framesOf(card.windowSamples, settings),
  };
  const wanted = settings.axes.split(',').map((axis) => sizes[axis] ?? axis);
  assertSizes(model, tensor, wanted, `for windows of ${card.windowSamples} samples (${settings.axes})`);
  const g = createGraphBuilder();
  return giveInput(g, logMelSpectrogram(g, g.input(HEAD_INPUT, ['batch', card.windowSamples]), settings), tensor);
}

function waveformHead(model: OnnxModel, tensor: DeclaredTensor, { windowSamples }: CardFile): Model | undefined {
  const { dims, type = FLOAT32 } = tensor;
  const isChannelLast = dims?.length === 3 && dims[2] === 1 && dims[1] !== 1;
  const wanted =
    dims?.length === 3
      ? isChannelLast
        ? ['batch', windowSamples, 1]
        : ['batch', 1, windowSamples]
      : ['batch', windowSamples];
  assertSizes(model, tensor, wanted, 'as the windows of the card');
  if (wanted.length === 2 && type === FLOAT32) return undefined;
  const g = createGraphBuilder();
  const waveform = g.input(HEAD_INPUT, ['batch', windowSamples]);
  const shape = isChannelLast ? [0, -1, 1] : [0, 1, -1];
  const shaped = wanted.length === 2 ? waveform : g.op('Reshape', [waveform, g.integers('channel_shape', shape)]);
  return giveInput(g, shaped, tensor);
}

/** A reduction that leaves the axis away, in the form of the graph's own operator set. */
function reduce(g: GraphBuilder, value: Value, op: string, { axis, opset }: { axis: number; opset: number }): Value {
  const since = op === 'ReduceSum' ? SUM_AXES_AS_INPUT : AXES_AS_INPUT;
  return opset >= since
    ? g.op(op, [value, g.integers(`${op}_axis`, [axis])], { keepdims: { int: op === 'ReduceSum' ? 1 : 0 } })
    : g.op(op, [value], { axes: { ints: [axis] }, keepdims: { int: op === 'ReduceSum' ? 1 : 0 } });
}

function vectorTail(model: OnnxModel, tensor: DeclaredTensor, { output, dims: size }: CardFile): Model | undefined {
  const { dims, type } = tensor;
  const isVector = type === FLOAT32 && dims?.length === 2 && !output.reduce;
  if (isVector && typeof dims[1] === 'number' && dims[1] !== size)
    refuse(model, tensor, `has ${dims[1]} values a window, the card says ${size}`);
  if (dims && output.reduce && output.reduce.axis >= dims.length)
    refuse(model, tensor, `has no axis ${output.reduce.axis}`);
  if (isVector && !output.normalise) return undefined;
  const { opset } = model;
  const g = createGraphBuilder();
  const features = g.input(TAIL_INPUT, []);
  const numbers = type === FLOAT32 ? features : g.op('Cast', [features], { to: { int: FLOAT32 } });
  const by = output.reduce?.by === 'max' ? 'ReduceMax' : 'ReduceMean';
  const reduced = output.reduce ? reduce(g, numbers, by, { axis: output.reduce.axis, opset }) : numbers;
  const flat = isVector ? reduced : g.op('Reshape', [reduced, g.integers('vector_shape', [0, -1])]);
  const squares = output.normalise ? reduce(g, g.op('Mul', [flat, flat]), 'ReduceSum', { axis: 1, opset }) : flat;
  const unit = output.normalise
    ? g.op('Div', [flat, g.op('Sqrt', [g.op('Max', [squares, g.scalar(LEAST_SQUARES)])])])
    : flat;
  g.output(TAIL_OUTPUT, unit, ['batch', size]);
  return g.build(WORDS);
}

/** The tensor that holds the vector: an output, or anything that the graph computes on the way. */
function pickOutput(model: OnnxModel, name: string | undefined): DeclaredTensor {
  const isInner = name !== undefined && !model.outputs.some((tensor) => tensor.name === name);
  if (isInner && model.computed.has(name)) return { name, type: undefined, dims: undefined };
  return pickTensor(name, model.outputs, { file: model.file, role: 'output' });
}

/**
 * What must stand before and after a graph so that it takes [batch, windowSamples] and gives [batch, dims].
 * @throws ImportError GRAPH_MISMATCH naming file and tensor
 */
export function wrapGraph(model: OnnxModel, card: CardFile): GraphWrap {
  const role = { file: model.file, role: 'input' };
  const input = pickTensor(card.input.tensor, model.inputs, role);
  const [other] = model.inputs.filter((tensor) => tensor !== input);
  if (other) refuse(model, other, `is an input too, but only ${quote(input.name)} is given; export it as a constant`);
  if (input.dims?.length === 1) refuse(model, input, 'has no axis for a batch');
  const output = pickOutput(model, card.output.tensor);
  assertReal(model, input);
  assertReal(model, output);
  const settings = logMelSettings(card);
  return {
    head: settings ? melHead(model, input, card, settings) : waveformHead(model, input, card),
    tail: vectorTail(model, output, card),
    input: input.name,
    output: output.name,
  };
}
