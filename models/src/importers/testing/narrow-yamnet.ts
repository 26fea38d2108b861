// SPDX-License-Identifier: Apache-2.0
import { YAMNET } from '../../build/spaces/yamnet/graph.ts';
import { hannWindow } from '../../dsp/hann-window.ts';
import {
  byteVector,
  type FlatField,
  type FlatNode,
  float32Vector,
  int32Vector,
  int64Vector,
  writeFlatBuffer,
} from './write-flat-buffer.ts';

/** A convolution as TensorFlow Lite stores it: channels last. */
export interface StoredConvolution {
  readonly isDepthwise: boolean;
  readonly stride: number;
  /** [outputs, height, width, inputs], depthwise [1, height, width, outputs]. */
  readonly dims: readonly [number, number, number, number];
  readonly kernels: Int8Array;
  /** One for each output. */
  readonly scales: Float32Array;
  readonly bias: Int32Array;
  readonly biasScales: Float32Array;
}

/** YAMNet with a fraction of its widths and seeded random weights. */
export interface NarrowYamnet {
  readonly window: Float32Array;
  readonly mel: Float32Array;
  readonly convolutions: readonly StoredConvolution[];
  /** [classes, dims] in 8 bits with one scale. */
  readonly classifier: {
    readonly classes: number;
    readonly rows: Int8Array;
    readonly scale: number;
    readonly bias: Int32Array;
    readonly biasScale: number;
  };
}

const STRIDED = new Set([0, 3, 7, 11, 23]);
const CLASSES = 12;

export function narrowYamnet(seed: number): NarrowYamnet {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const int8 = (length: number): Int8Array => Int8Array.from({ length }, () => Math.round(127 * random()));
  let inputs = 1;
  const convolutions = Array.from({ length: 27 }, (_, i): StoredConvolution => {
    const isDepthwise = i % 2 === 1;
    const outputs = isDepthwise ? inputs : 4 + Math.floor(i / 6);
    const size = i === 0 || isDepthwise ? 3 : 1;
    const dims = [isDepthwise ? 1 : outputs, size, size, isDepthwise ? outputs : inputs] as const;
    const fan = size * size * (isDepthwise ? 1 : inputs);
    inputs = outputs;
    return {
      isDepthwise,
      stride: STRIDED.has(i) ? 2 : 1,
      dims,
      kernels: int8(dims.reduce((product, dim) => product * dim, 1)),
      scales: Float32Array.from({ length: outputs }, () => (Math.sqrt(6 / fan) * (1 + 0.3 * random())) / 127),
      bias: Int32Array.from({ length: outputs }, () => Math.round(1000 * (random() + 0.3))),
      biasScales: Float32Array.from({ length: outputs }, () => 0.001 * (1 + 0.3 * random())),
    };
  });
  return {
    window: Float32Array.from(hannWindow(YAMNET.frameSamples)),
    mel: Float32Array.from({ length: YAMNET.mels * YAMNET.bins }, () => Math.max(0, random()) / 20),
    convolutions,
    classifier: {
      classes: CLASSES,
      rows: int8(CLASSES * inputs),
      scale: 0.02,
      bias: Int32Array.from({ length: CLASSES }, () => Math.round(1000 * random())),
      biasScale: 0.001,
    },
  };
}

const TYPE = { float32: 0, int32: 2, int8: 9 } as const;

interface StoredTensor {
  readonly dims: readonly number[];
  readonly type: keyof typeof TYPE;
  readonly data?: Float32Array | Int8Array | Int32Array;
  readonly scales?: ArrayLike<number>;
  readonly axis?: number;
}

/** Collects tensors and operators of one graph. */
function createGraph() {
  const buffers: FlatNode[] = [{ table: [] }];
  const tensors: FlatNode[] = [];
  const operators: FlatNode[] = [];
  const codes: number[] = [];
  const tensor = ({ dims, type, data, scales, axis = 0 }: StoredTensor): number => {
    if (data)
      buffers.push({
        table: [{ ref: byteVector(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)) }],
      });
    const zeros = Array.from(scales ?? [], () => 0);
    const quantised: FlatNode | undefined = scales && {
      table: [
        undefined,
        undefined,
        { ref: float32Vector(scales) },
        { ref: int64Vector(zeros) },
        undefined,
        undefined,
        { int32: axis },
      ],
    };
    const name = byteVector(new TextEncoder().encode(`tensor ${tensors.length}`));
    const fields: FlatField[] = [
      { ref: int32Vector(dims) },
      { int8: TYPE[type] },
      { int32: data ? buffers.length - 1 : 0 },
      { ref: name },
    ];
    return tensors.push({ table: quantised ? [...fields, { ref: quantised }] : fields }) - 1;
  };
  const operator = (code: number, inputs: readonly number[], output: number, options?: FlatNode): void => {
    if (!codes.includes(code)) codes.push(code);
    const fields: FlatField[] = [
      { int32: codes.indexOf(code) },
      { ref: int32Vector(inputs) },
      { ref: int32Vector([output]) },
    ];
    operators.push({ table: options ? [...fields, undefined, { ref: options }] : fields });
  };
  const finish = (input: number, output: number): Uint8Array => {
    const codeTables = codes.map(
      (code): FlatNode => ({ table: [{ int8: Math.min(code, 127) }, undefined, undefined, { int32: code }] }),
    );
    const graph: FlatNode = {
      table: [
        { ref: { tables: tensors } },
        { ref: int32Vector([input]) },
        { ref: int32Vector([output]) },
        { ref: { tables: operators } },
      ],
    };
    const model: FlatNode = {
      table: [
        { int32: 3 },
        { ref: { tables: codeTables } },
        { ref: { tables: [graph] } },
        undefined,
        { ref: { tables: buffers } },
      ],
    };
    return writeFlatBuffer(model, 'TFL3');
  };
  return { tensor, operator, finish };
}

/** The network as a file of TensorFlow Lite with the operators of the real one. */
export function writeNarrowYamnet({ window, mel, convolutions, classifier }: NarrowYamnet): Uint8Array {
  const { frames, frameSamples, bins, mels, windowSamples } = YAMNET;
  const g = createGraph();
  const float = (dims: readonly number[]): number => g.tensor({ dims, type: 'float32' });
  const waveform = float([windowSamples]);
  let last = waveform;
  const then = (code: number, dims: readonly number[], operands: readonly number[] = [], options?: FlatNode): void => {
    const output = float(dims);
    g.operator(code, [last, ...operands], output, options);
    last = output;
  };
  for (const [code, dims] of [
    [45, [15600]],
    [22, [195, 80]],
    [36, [96, 5, 80]],
    [22, [frames, frameSamples]],
  ] as const)
    then(code, dims);
  then(18, [frames, frameSamples], [g.tensor({ dims: [frameSamples], type: 'float32', data: window })]);
  for (const [code, dims] of [
    [34, [96, 512]],
    [22, [96, 1, 512]],
    [131, [96, 1, bins]],
    [22, [96, bins]],
    [135, [96, bins]],
  ] as const)
    then(code, dims);
  const offset = new Float32Array(mels).fill(0.001);
  then(
    9,
    [frames, mels],
    [
      g.tensor({ dims: [mels, bins], type: 'float32', data: mel }),
      g.tensor({ dims: [mels], type: 'float32', data: offset }),
    ],
  );
  for (const [code, dims] of [
    [73, [96, mels]],
    [22, [1, 96, mels]],
    [114, [1, 96, mels]],
    [22, [1, 96, mels, 1]],
    [49, [1, 96, mels, 1]],
  ] as const)
    then(code, dims);
  let [height, width]: [number, number] = [frames, mels];
  for (const { isDepthwise, stride, dims, kernels, scales, bias, biasScales } of convolutions) {
    [height, width] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    const weights = g.tensor({ dims, type: 'int8', data: kernels, scales, axis: isDepthwise ? 3 : 0 });
    const biases = g.tensor({ dims: [bias.length], type: 'int32', data: bias, scales: biasScales });
    const activation: FlatField[] = isDepthwise ? [{ int32: 1 }, { int8: 3 }] : [{ int8: 3 }];
    const options: FlatNode = { table: [{ int8: 0 }, { int32: stride }, { int32: stride }, ...activation] };
    then(isDepthwise ? 4 : 3, [1, height, width, bias.length], [weights, biases], options);
  }
  const channels = convolutions.at(-1)?.bias.length ?? 0;
  then(40, [1, 1, 1, channels]);
  const { classes, rows, scale, bias, biasScale } = classifier;
  const weights = g.tensor({ dims: [classes, channels], type: 'int8', data: rows, scales: [scale] });
  then(9, [1, classes], [weights, g.tensor({ dims: [classes], type: 'int32', data: bias, scales: [biasScale] })]);
  then(14, [1, classes]);
  then(6, [1, classes]);
  return g.finish(waveform, last);
}
