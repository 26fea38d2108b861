// SPDX-License-Identifier: Apache-2.0
import { createGraphBuilder, type GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { Model } from '../../onnx/model.ts';
import { melPower, relativeLevel } from './front-end-graph.ts';
import { SPECTRAL, type SpectralConstants } from './parameters.ts';
import { statistics } from './statistics-graph.ts';

/** Robust standardisation, clip, projection, unit length. */
function embed(g: GraphBuilder, values: Value, constants: SpectralConstants): Value {
  const { statistics: count, dims, clip } = SPECTRAL;
  const centred = g.op('Sub', [values, g.floats('median', [count], constants.median)]);
  const scaled = g.op('Mul', [centred, g.floats('scale', [count], constants.scale)]);
  const clipped = g.op('Clip', [scaled, g.scalar(-clip), g.scalar(clip)]);
  const projected = g.op('Gemm', [
    clipped,
    g.floats('projection', [count, dims], constants.projection),
    g.floats('offset', [dims], constants.offset),
  ]);
  const norm = g.op('ReduceL2', [projected], { axes: { ints: [1] }, keepdims: { int: 1 } });
  return g.op('Div', [projected, g.op('Max', [norm, g.scalar(1e-12)])]);
}

function measure(g: GraphBuilder): Value {
  const power = melPower(g, g.input('waveform', ['batch', SPECTRAL.windowSamples]));
  return statistics(g, power, relativeLevel(g, power));
}

const METADATA = { min_samples: String(SPECTRAL.minSamples), sample_rate: String(SPECTRAL.sampleRateHz) };

/**
 * The graph of a `spectral` space: `waveform` float32 [batch, 160000] → `embedding` float32 [batch, 48], unit vectors.
 * @param id space id, becomes the graph's name
 * @param licence SPDX id for the graph's metadata
 */
export function spectralGraph(id: string, constants: SpectralConstants, licence = 'Apache-2.0'): Model {
  const g = createGraphBuilder();
  g.output('embedding', embed(g, measure(g), constants), ['batch', SPECTRAL.dims]);
  return g.build({
    name: id,
    description: 'Timbre and texture of a 5 s window: 651 log-mel statistics, projected.',
    metadata: { licence, ...METADATA },
  });
}

/** The same graph up to the statistics, on which constants are fitted: `waveform` → `statistics` [batch, 651]. */
export function spectralStatisticsGraph(id: string): Model {
  const g = createGraphBuilder();
  g.output('statistics', measure(g), ['batch', SPECTRAL.statistics]);
  return g.build({
    name: id,
    description: 'Timbre and texture of a 5 s window: 651 log-mel statistics.',
    metadata: { licence: 'Apache-2.0', ...METADATA },
  });
}
