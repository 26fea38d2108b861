// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { goldenSignal } from '../../src/golden-signal.ts';
import { NOTEBOOK_SAMPLE_RATE_HZ, notebookFeatures, standardiseColumns } from './notebook-features.ts';

// librosa 0.11 on the same two seconds: feature.mfcc(n_mfcc=20), chroma_stft(tuning=0), spectral_contrast,
// each as means, then standard deviations over time; index → value.
const LIBROSA: readonly (readonly [number, number])[] = [
  [0, -411.650513],
  [1, 89.764641],
  [7, -14.579968],
  [19, -4.259174],
  [20, 91.529999],
  [25, 8.430512],
  [40, 0.161574],
  [44, 0.275431],
  [51, 0.26889],
  [52, 0.158764],
  [60, 0.154819],
  [64, 11.837682],
  [67, 28.982392],
  [70, 12.683778],
  [71, 6.569133],
  [74, 7.287722],
  [77, 2.246336],
];

describe('the features of the notebooks', () => {
  test('are those of librosa', () => {
    const features = notebookFeatures(
      goldenSignal('plucked-notes', NOTEBOOK_SAMPLE_RATE_HZ, 2 * NOTEBOOK_SAMPLE_RATE_HZ),
    );
    expect(features).toHaveLength(78);
    for (const [index, value] of LIBROSA) expect(features[index]).toBeCloseTo(value, 3);
  });

  test('standardise to mean 0 and deviation 1, constant columns to 0', () => {
    expect(
      standardiseColumns([
        [1, 5],
        [3, 5],
      ]),
    ).toEqual([
      [-1, 0],
      [1, 0],
    ]);
  });
});
