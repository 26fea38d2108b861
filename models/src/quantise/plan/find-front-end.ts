// SPDX-License-Identifier: Apache-2.0
import type { Model, Node } from '../../build/onnx/model.ts';
import type { GraphIndex } from './graph-index.ts';

/** What turns a waveform into levels ends in a logarithm; transforms that are operators are part of it anyway. */
const SPECTRUM_OPERATORS: ReadonlySet<string> = new Set(['Log', 'STFT', 'DFT']);

/** A logarithm behind one of these belongs to the network (softplus, a loss), not to a spectrogram. */
const NETWORK_OPERATORS: ReadonlySet<string> = new Set([
  ...['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Gelu', 'Erf', 'Tanh', 'Softplus', 'Softmax', 'Sigmoid', 'Mish'],
  ...['HardSigmoid', 'HardSwish', 'BatchNormalization', 'LayerNormalization'],
]);

/**
 * The part of a graph between waveform and log-mel levels: every logarithm (and STFT or DFT operator) with all that it
 * depends on, unless that holds an activation or normalisation of a network. Its dynamic range of 10 decades and more is
 * lost in 8 bits. What follows it without weights (scaling, batch normalisation) is not quantised by any rule.
 * @returns nothing for a graph without logarithm, such as a network on the waveform itself
 */
export function findFrontEnd(model: Model, index: GraphIndex): ReadonlySet<Node> {
  const frontEnd = new Set<Node>();
  for (const node of model.nodes) {
    if (!SPECTRUM_OPERATORS.has(node.op)) continue;
    const ancestors = index.ancestors(node);
    if ([...ancestors].some(({ op }) => NETWORK_OPERATORS.has(op))) continue;
    for (const ancestor of ancestors) frontEnd.add(ancestor);
    frontEnd.add(node);
  }
  return frontEnd;
}
