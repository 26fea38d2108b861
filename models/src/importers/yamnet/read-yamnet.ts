// SPDX-License-Identifier: Apache-2.0
import { YAMNET, type YamnetConvolution, type YamnetWeights } from '../../build/spaces/yamnet/graph.ts';
import { ImportError, quote } from '../import-error.ts';
import { dequantise } from '../tflite/dequantise.ts';
import type { TfliteModel, TfliteOperator, TfliteTensor } from '../tflite/read-tflite.ts';

/** Builtin operators by TensorFlow Lite's number. */
const OPERATOR = {
  convolution: 3,
  depthwise: 4,
  dequantise: 6,
  connected: 9,
  logistic: 14,
  multiply: 18,
  reshape: 22,
  pad: 34,
  gather: 36,
  mean: 40,
  stridedSlice: 45,
  split: 49,
  log: 73,
  quantise: 114,
  rfft: 131,
  abs: 135,
} as const;
const { reshape } = OPERATOR;

/** Frames cut, windowed and transformed; mel and logarithm; quantised from there on. */
const FRONT_END = [
  ...[OPERATOR.stridedSlice, reshape, OPERATOR.gather, reshape, OPERATOR.multiply, OPERATOR.pad, reshape],
  ...[OPERATOR.rfft, reshape, OPERATOR.abs, OPERATOR.connected, OPERATOR.log, reshape, OPERATOR.quantise, reshape],
  OPERATOR.split,
];
const PAIRS = 13;
const BODY = [
  OPERATOR.convolution,
  ...Array.from({ length: PAIRS }, () => [OPERATOR.depthwise, OPERATOR.convolution]).flat(),
];
const HEAD = [OPERATOR.mean, OPERATOR.connected, OPERATOR.logistic, OPERATOR.dequantise];
const PROGRAM: readonly number[] = [...FRONT_END, ...BODY, ...HEAD];

const WINDOW_AT = FRONT_END.indexOf(OPERATOR.multiply);
const MEL_AT = FRONT_END.indexOf(OPERATOR.connected);
const CLASSIFIER_AT = FRONT_END.length + BODY.length + 1;

const SAME_PADDING = 0;
const RELU6 = 3;

function refuse(model: TfliteModel, problem: string): never {
  throw new ImportError('CHECKPOINT_MISMATCH', `${model.file} is no YAMNet: ${problem}`);
}

const NAMES = new Map<number, string>(Object.entries(OPERATOR).map(([name, code]) => [code, name]));
const operatorName = (code: number | undefined): string =>
  code === undefined ? 'missing' : (NAMES.get(code) ?? `number ${code}`);

function assertProgram(model: TfliteModel): void {
  const codes = model.operators.map(({ code }) => code);
  const at = PROGRAM.findIndex((code, i) => codes[i] !== code);
  if (at >= 0) refuse(model, `operator ${at} is ${operatorName(codes[at])}, not ${operatorName(PROGRAM[at])}`);
  if (codes.length !== PROGRAM.length) refuse(model, `it has ${codes.length} operators, not ${PROGRAM.length}`);
}

/** An operand of an operator, its sizes checked; −1 in `dims` allows any size above 0. */
function operand(model: TfliteModel, at: number, input: number, dims: readonly number[]): TfliteTensor {
  const tensor = model.tensors[model.operators[at]?.inputs[input] ?? -1];
  if (!tensor) return refuse(model, `operator ${at} has no operand ${input}`);
  const isFit =
    tensor.dims.length === dims.length && tensor.dims.every((d, i) => d > 0 && (dims[i] === -1 || dims[i] === d));
  if (!isFit) refuse(model, `tensor ${quote(tensor.name)} is ${tensor.dims.join(' × ')}, not ${dims.join(' × ')}`);
  return tensor;
}

/** Zeros before and after one axis so that ⌈size / stride⌉ outputs come out; the odd one goes behind. */
function samePadding(size: number, kernel: number, stride: number): [number, number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + kernel - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** [outer, height, width, inner] → [outer or inner, …]: TensorFlow has channels last, ONNX first. */
function channelsFirst(
  values: Float32Array,
  [outer, height, width, inner]: readonly [number, number, number, number],
): Float32Array {
  const area = height * width;
  return Float32Array.from({ length: values.length }, (_, i) => {
    const [o, c, place] = [Math.floor(i / (inner * area)), Math.floor(i / area) % inner, i % area];
    return values[(o * area + place) * inner + c] ?? 0;
  }).subarray(0, outer * area * inner);
}

interface ConvolutionOptions {
  readonly stride: number;
  readonly isDepthwise: boolean;
}

function optionsOf(model: TfliteModel, at: number, operator: TfliteOperator): ConvolutionOptions {
  const isDepthwise = operator.code === OPERATOR.depthwise;
  const stride = operator.int32Option(1);
  // Depthwise convolutions have their multiplier before the activation.
  const activation = operator.int8Option(isDepthwise ? 4 : 3);
  const isFit = operator.int8Option(0) === SAME_PADDING && activation === RELU6 && operator.int32Option(2) === stride;
  if (!isFit || (stride !== 1 && stride !== 2)) refuse(model, `convolution ${at} has other options`);
  return { stride, isDepthwise };
}

function readConvolution(model: TfliteModel, at: number, inputs: number): YamnetConvolution {
  const operator = model.operators[at] as TfliteOperator;
  const { stride, isDepthwise } = optionsOf(model, at, operator);
  const image = operand(model, at, 0, [1, -1, -1, inputs]);
  const kernels = operand(model, at, 1, isDepthwise ? [1, -1, -1, inputs] : [-1, -1, -1, inputs]);
  const [outer = 0, height = 0, width = 0, inner = 0] = kernels.dims;
  const outputs = isDepthwise ? inner : outer;
  const bias = dequantise(model.file, operand(model, at, 2, [outputs]));
  const [top, bottom] = samePadding(image.dims[1] ?? 0, height, stride);
  const [left, right] = samePadding(image.dims[2] ?? 0, width, stride);
  return {
    name: `${isDepthwise ? 'depthwise' : 'convolution'}_${at - FRONT_END.length}`,
    isDepthwise,
    dims: [outputs, isDepthwise ? 1 : inner, height, width],
    kernels: channelsFirst(dequantise(model.file, kernels), [outer, height, width, inner]),
    bias,
    stride,
    pads: [top, left, bottom, right],
  };
}

/**
 * The weights of YAMNet out of a TensorFlow Lite model, dequantised: W = (q − zero point) · scale.
 * @throws ImportError CHECKPOINT_MISMATCH naming operator or tensor
 */
export function readYamnet(model: TfliteModel): YamnetWeights {
  assertProgram(model);
  const { frames, frameSamples, bins, mels, windowSamples } = YAMNET;
  operand(model, 0, 0, [windowSamples]);
  operand(model, WINDOW_AT, 0, [frames, frameSamples]);
  const convolutions: YamnetConvolution[] = [];
  for (let i = 0; i < BODY.length; i++)
    convolutions.push(readConvolution(model, FRONT_END.length + i, convolutions.at(-1)?.dims[0] ?? 1));
  const constant = (at: number, input: number, dims: readonly number[]): Float32Array =>
    dequantise(model.file, operand(model, at, input, dims));
  const classifierBias = constant(CLASSIFIER_AT, 2, [-1]);
  return {
    window: constant(WINDOW_AT, 1, [frameSamples]),
    mel: constant(MEL_AT, 1, [mels, bins]),
    melOffset: constant(MEL_AT, 2, [mels]),
    convolutions,
    classifier: constant(CLASSIFIER_AT, 1, [classifierBias.length, convolutions.at(-1)?.dims[0] ?? 0]),
    classifierBias,
  };
}
