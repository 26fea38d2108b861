// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';

/** The one input tensor of a space in the Open Inference Protocol: FP32 [n, values]. */
export interface InputTensor {
  /** Of the space. */
  readonly id: string;
  readonly tensor: string;
  /** Of a row. */
  readonly values: number;
  /** What a row is, and what they are together, for messages. */
  readonly row: 'window' | 'contour';
  readonly meaning: string;
  /** Hz of samples; undefined for contours, which have none. */
  readonly sampleRateHz: number | undefined;
}

/** Windows of samples; in a space of melodies contours, since pitch need not come from sound. */
export function inputTensorOf({ id, input, melody }: Card): InputTensor {
  if (melody) {
    const { input: tensor, points: values } = melody.encoder;
    return {
      id,
      tensor,
      values,
      row: 'contour',
      meaning: `contours [n, ${values}] (semitones around 0)`,
      sampleRateHz: undefined,
    };
  }
  const { tensor, windowSamples: values, sampleRateHz } = input;
  return {
    id,
    tensor,
    values,
    row: 'window',
    meaning: `windows [n, ${values}] (mono, ${sampleRateHz} Hz)`,
    sampleRateHz,
  };
}
