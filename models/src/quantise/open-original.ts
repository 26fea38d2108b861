// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeModel } from '../build/onnx/decode-model.ts';
import type { Model } from '../build/onnx/model.ts';
import { loadSpaces, type Space } from '../registry.ts';
import { planQuantisation, type QuantisationPlan } from './plan/plan-quantisation.ts';
import { QuantiseError } from './quantise-error.ts';

export interface Original {
  readonly space: Space;
  readonly model: Model;
  readonly plan: QuantisationPlan;
  /** Size of the graph. */
  readonly bytes: number;
}

/** Scales by output came with it. */
const MIN_OPSET = 13;

function readGraph({ card, graphPath }: Space): { readonly model: Model; readonly bytes: number } {
  try {
    const bytes = readFileSync(graphPath);
    if (createHash('sha256').update(bytes).digest('hex') !== card.graph.sha256)
      throw new Error('it is not the graph of the card (sha256)');
    return { model: decodeModel(bytes), bytes: bytes.length };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new QuantiseError('GRAPH_UNSUITABLE', `${graphPath} cannot be quantised: ${reason}`, cause);
  }
}

/**
 * A space's graph, read and planned.
 * @throws QuantiseError SPACE_UNKNOWN, ALREADY_QUANTISED, GRAPH_UNSUITABLE
 */
export function openOriginal(id: string, modelsDir: string): Original {
  const space = loadSpaces(modelsDir).get(id);
  if (!space) throw new QuantiseError('SPACE_UNKNOWN', `There is no space ${id}`);
  const { card } = space;
  if (card.graph.precision !== 'fp32') {
    const from = card.quantised ? `, made from ${card.quantised.from}` : '';
    throw new QuantiseError('ALREADY_QUANTISED', `${id} is ${card.graph.precision} already${from}`);
  }
  if (card.melody)
    throw new QuantiseError('GRAPH_UNSUITABLE', `${id} is made of two small graphs and a few MB; it stays as it is`);
  const { model, bytes } = readGraph(space);
  if (model.nodes.some(({ op }) => op === 'QuantizeLinear'))
    throw new QuantiseError('ALREADY_QUANTISED', `The graph of ${id} has 8-bit parts already`);
  if (model.opset < MIN_OPSET)
    throw new QuantiseError('GRAPH_UNSUITABLE', `The graph of ${id} has opset ${model.opset}; ${MIN_OPSET} is needed`);
  const plan = planQuantisation(model, card.output.tensor);
  if (plan.layers.size === 0)
    throw new QuantiseError('GRAPH_UNSUITABLE', `The graph of ${id} has no layer that 8 bits could compute`);
  return { space, model, plan, bytes };
}
