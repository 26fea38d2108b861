// SPDX-License-Identifier: Apache-2.0
import {
  minSamplesOf,
  PANNS_FRONT_END,
  PANNS_WINDOW_SAMPLES,
  type PannsLayout,
} from '../../build/spaces/panns/layout.ts';
import { pannsWeightShapes } from '../../build/spaces/panns/weights.ts';
import { ImportError, quote } from '../import-error.ts';
import type { Checkpoint } from '../torch/open-checkpoint.ts';
import { PANNS_NETWORKS, type PannsNetwork } from './networks.ts';
import { STORED_FRONT_END_SHAPES } from './stored-front-end.ts';

type Shapes = ReadonlyMap<string, readonly number[]>;

/** How often training has updated a normalisation: of no use afterwards, and missing in some files. */
const isCounter = (name: string): boolean => name.endsWith('.num_batches_tracked');

const shapeText = (dims: readonly number[]): string => (dims.length === 0 ? 'a single value' : dims.join(' × '));

/** Widths from the tensors' own sizes; 0 where a tensor is missing, which the comparison then names. */
function inferLayout(dims: Shapes, { architecture }: PannsNetwork): PannsLayout {
  const width = (name: string): number => dims.get(name)?.[0] ?? 0;
  return {
    ...PANNS_FRONT_END,
    architecture,
    windowSamples: PANNS_WINDOW_SAMPLES,
    minSamples: minSamplesOf(architecture, PANNS_FRONT_END.hopSamples),
    channels: Array.from({ length: architecture.blocks }, (_, i) => width(`conv_block${i + 1}.conv1.weight`)),
    dims: width('fc1.weight'),
    classes: width('fc_audioset.weight'),
  };
}

function expectedShapes(layout: PannsLayout): Shapes {
  return new Map([...STORED_FRONT_END_SHAPES, ...pannsWeightShapes(layout)]);
}

/** The first thing in which a table of weights is not that of a network. */
function findDifference(dims: Shapes, expected: Shapes): string | undefined {
  for (const [name, shape] of expected) {
    const found = dims.get(name);
    if (!found) return `tensor ${name} is missing`;
    if (found.length !== shape.length || found.some((dim, axis) => dim !== shape[axis]))
      return `tensor ${name} is ${shapeText(found)}, not ${shapeText(shape)}`;
    if (found.includes(0)) return `tensor ${name} is empty`;
  }
  const extra = [...dims.keys()].find((name) => !expected.has(name) && !isCounter(name));
  return extra === undefined ? undefined : `tensor ${quote(extra)} is none of its`;
}

const differenceFrom = (dims: Shapes, network: PannsNetwork): string | undefined =>
  findDifference(dims, expectedShapes(inferLayout(dims, network)));

/**
 * Front-end, architecture and widths of the network in a checkpoint, every tensor's name and size checked.
 * @throws ImportError CHECKPOINT_MISMATCH naming the tensor, and the network that it would be instead
 */
export function checkpointLayout({ dims, file }: Checkpoint, network: PannsNetwork): PannsLayout {
  const difference = differenceFrom(dims, network);
  if (difference === undefined) return inferLayout(dims, network);
  const other = Object.entries(PANNS_NETWORKS).find(([, candidate]) => differenceFrom(dims, candidate) === undefined);
  const hint = other ? `; it is a ${other[1].name}: earshot models add ${other[0]}` : '';
  throw new ImportError('CHECKPOINT_MISMATCH', `${file} is no ${network.name}: ${difference}${hint}`);
}
