// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import {
  minSamplesOf,
  PANNS_FRONT_END,
  PANNS_WINDOW_SAMPLES,
  type PannsLayout,
} from '../../build/spaces/panns/layout.ts';
import { randomPannsWeights } from '../../build/spaces/panns/random-weights.ts';
import { pannsWeightShapes } from '../../build/spaces/panns/weights.ts';
import { PANNS_NETWORKS } from '../panns/networks.ts';
import { computeFrontEnd, STORED_FRONT_END_SHAPES } from '../panns/stored-front-end.ts';
import { writeLegacyCheckpoint, writeZipCheckpoint } from './write-checkpoint.ts';
import type { Saved, SavedTensor } from './write-pickle.ts';

/** Cnn14, Cnn10 or Cnn6 with the front-end of the real network and a fraction of its widths: 4.6 MB. */
export function narrowLayout(model: string): PannsLayout {
  const architecture = PANNS_NETWORKS[model]?.architecture;
  if (!architecture) throw new Error(`no network is called ${model}`);
  return {
    ...PANNS_FRONT_END,
    architecture,
    windowSamples: PANNS_WINDOW_SAMPLES,
    minSamples: minSamplesOf(architecture, PANNS_FRONT_END.hopSamples),
    channels: [2, 4, 8, 16, 32, 64].slice(0, architecture.blocks),
    dims: 64,
    classes: 527,
  };
}

/** Tensors of a checkpoint of PANNs with seeded random weights, in the order of a real one. */
export function narrowTensors(layout: PannsLayout): Map<string, SavedTensor> {
  const shapes = new Map([...STORED_FRONT_END_SHAPES, ...pannsWeightShapes(layout)]);
  const values = new Map([...computeFrontEnd(), ...randomPannsWeights(layout, 14)]);
  const tensors = new Map<string, SavedTensor>();
  for (const [name, dims] of shapes) {
    tensors.set(name, { key: String(tensors.size), dims, data: values.get(name) ?? new Float32Array(0) });
    if (name.endsWith('.running_var')) {
      const counter = name.replace('running_var', 'num_batches_tracked');
      tensors.set(counter, { key: String(tensors.size), dims: [], data: BigInt64Array.of(600_000n) });
    }
  }
  return tensors;
}

/** Saves tensors as torch would save `{'model': state_dict}`. */
export function writeTensors(path: string, tensors: ReadonlyMap<string, Saved>, container: 'zip' | 'legacy'): void {
  const saved = new Map<string, Saved>([['model', tensors]]);
  writeFileSync(path, container === 'zip' ? writeZipCheckpoint(saved) : writeLegacyCheckpoint(saved));
}
