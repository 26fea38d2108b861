// SPDX-License-Identifier: Apache-2.0
import type { PannsLayout } from '@earshot/models/build';

const KERNEL = 9;

/**
 * Floating-point operations of one window in the convolutions and the last layer, a multiplication and an addition each:
 * 40.1 · 10⁹ for Cnn14. Front-end, normalisation and pooling are below 1 % of that and left out.
 */
export function cnn14Flop({ windowSamples, hopSamples, mel, channels, dims }: PannsLayout): number {
  let [frames, mels] = [1 + Math.floor(windowSamples / hopSamples), mel.bands];
  let multiplications = 0;
  for (const [i, width] of channels.entries()) {
    multiplications += frames * mels * KERNEL * width * ((channels[i - 1] ?? 1) + width);
    [frames, mels] = [Math.floor(frames / 2), Math.floor(mels / 2)];
  }
  return 2 * (multiplications + dims * (channels.at(-1) ?? 0));
}
