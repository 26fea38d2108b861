// SPDX-License-Identifier: Apache-2.0
import type { MelOptions } from '../../dsp/mel-filterbank.ts';
import type { WindowShape } from '../../dsp/spectrum-window.ts';

/** Order of the sizes of a log-mel spectrogram; 1 is a channel. */
export type LogMelAxes =
  | 'batch,mels,frames'
  | 'batch,frames,mels'
  | 'batch,1,mels,frames'
  | 'batch,1,frames,mels'
  | 'batch,mels,frames,1'
  | 'batch,frames,mels,1';

/** How a waveform becomes the log-mel spectrogram that a network was trained on. */
export interface LogMelSettings {
  readonly sampleRateHz: number;
  /** Factor before everything else, 1 where samples stay within ±1. */
  readonly gain: number;
  /** y[t] = x[t + 1] − c · x[t] over the whole window, which loses a sample; 0 for none. */
  readonly preEmphasis: number;
  readonly fftSize: number;
  /** Samples of a frame, at most `fftSize`; the rest of the transform is zeros. */
  readonly frameSamples: number;
  readonly frameHopSamples: number;
  /**
   * `reflect` or `zeros`: frames are centred at multiples of the hop, and `fftSize / 2` samples are added on both sides;
   * `none`: they begin at multiples of the hop, and only whole frames count.
   */
  readonly framing: 'reflect' | 'zeros' | 'none';
  /** Takes each frame's mean away. */
  readonly removeFrameMean: boolean;
  /** y[n] = x[n] − c · x[n − 1] within each frame, x[−1] = x[0]; 0 for none. */
  readonly framePreEmphasis: number;
  readonly window: WindowShape;
  readonly spectrum: 'power' | 'magnitude';
  readonly mels: Required<Pick<MelOptions, 'bands' | 'minHz' | 'maxHz' | 'scale' | 'norm' | 'triangles'>>;
  readonly log: {
    /** `db`: 10 · log₁₀ of power, 20 · log₁₀ of magnitude. */
    readonly kind: 'ln' | 'log10' | 'db';
    /** Added before the logarithm. */
    readonly offset: number;
    /** What is smaller counts as this, before the logarithm. */
    readonly floor: number;
    /** What becomes 0 after it; `max` is the window's largest value. */
    readonly reference: number | 'max';
    /** What is more than this below the window's largest value counts as that, after the logarithm; 0 for no limit. */
    readonly range: number;
  };
  /** (x − mean) / std, one number for all or one a band. */
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
  /** Frames after these are cut off; undefined to keep all. */
  readonly frames?: number | undefined;
  readonly axes: LogMelAxes;
}

/** Samples that are left of a window after pre-emphasis. */
const samplesLeft = (windowSamples: number, { preEmphasis }: LogMelSettings): number =>
  windowSamples - (preEmphasis === 0 ? 0 : 1);

/** How many frames a window gives; 0 or less when it is too short. */
export function framesOf(windowSamples: number, settings: LogMelSettings): number {
  const { framing, frameSamples, frameHopSamples, frames = Number.POSITIVE_INFINITY } = settings;
  const samples = samplesLeft(windowSamples, settings);
  const all = 1 + Math.floor((framing === 'none' ? samples - frameSamples : samples) / frameHopSamples);
  return Math.min(all, frames);
}

/** Fewest samples of a window that give a spectrogram: reflected samples must be there. */
export function fewestSamples(settings: LogMelSettings): number {
  const { framing, frameSamples, fftSize, preEmphasis } = settings;
  const needed = framing === 'none' ? frameSamples : framing === 'reflect' ? fftSize / 2 + 1 : 1;
  return needed + (preEmphasis === 0 ? 0 : 1);
}
