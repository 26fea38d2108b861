// SPDX-License-Identifier: Apache-2.0
import { cosineOfTurns, exponential, sineOfTurns } from './exact-math.ts';

/** A resonance that rings down. */
export type Mode = { readonly frequencyHz: number; readonly decaySeconds: number; readonly amplitude: number };

const INAUDIBLE = 1e-5;

/** Adds amplitude·e^(−t/decay)·sin(2πft) into the target from `offset` on, by a two-pole recurrence; modes above 0.45 of the rate are left out. */
export const addMode = (
  target: Float64Array,
  mode: Mode,
  { offset, sampleRateHz }: { readonly offset: number; readonly sampleRateHz: number },
): void => {
  const turns = mode.frequencyHz / sampleRateHz;
  if (turns > 0.45 || mode.amplitude === 0) return;
  const radius = exponential(-1 / (mode.decaySeconds * sampleRateHz));
  const feedback = 2 * radius * cosineOfTurns(turns);
  const damping = radius * radius;
  // ln(1e5) = 11.5 decay times until the mode is inaudible.
  const end = Math.min(target.length, offset + Math.ceil(11.6 * mode.decaySeconds * sampleRateHz));
  let previous = 0;
  let current = mode.amplitude * radius * sineOfTurns(turns);
  for (let i = Math.max(0, offset); i < end; i++) {
    target[i] = (target[i] as number) + previous;
    const following = feedback * current - damping * previous;
    previous = current;
    current = following;
  }
};

/** Rings all modes at once. */
export const strikeModes = (
  target: Float64Array,
  modes: readonly Mode[],
  {
    offset = 0,
    gain = 1,
    sampleRateHz,
  }: { readonly offset?: number; readonly gain?: number; readonly sampleRateHz: number },
): void => {
  for (const mode of modes) {
    if (Math.abs(mode.amplitude * gain) < INAUDIBLE) continue;
    addMode(target, { ...mode, amplitude: mode.amplitude * gain }, { offset: Math.floor(offset), sampleRateHz });
  }
};
