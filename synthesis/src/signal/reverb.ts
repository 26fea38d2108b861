// SPDX-License-Identifier: Apache-2.0
import { exponential } from './exact-math.ts';

export type Room = {
  /** Time until the reverberation has fallen by 60 dB. */
  readonly decaySeconds: number;
  /** 0…1: share of reverberation in the result. */
  readonly wet: number;
  /** 0…0.95: how much faster high frequencies die. */
  readonly damping: number;
  /** 0.3…2: stretches all delays. */
  readonly size: number;
  /** Which of the delay lines' mixes is heard; the two channels of a stereo room take 0 and 1. */
  readonly ear?: 0 | 1;
};

const DELAYS_SECONDS = [0.0297, 0.0371, 0.0411, 0.0437, 0.0533, 0.0617] as const;

type Line = { readonly buffer: Float64Array; readonly gain: number; position: number; low: number };

const createLine = (delaySeconds: number, room: Room, sampleRateHz: number): Line => {
  const delay = Math.max(8, Math.round(delaySeconds * room.size * sampleRateHz));
  return {
    buffer: new Float64Array(delay),
    gain: exponential((-6.907755 * delay) / (room.decaySeconds * sampleRateHz)),
    position: 0,
    low: 0,
  };
};

/** Returns the signal with the room's reverberation mixed in: six damped delay lines joined by a Householder matrix (Jot 1991). Same length. */
export const addReverb = (signal: Float64Array, room: Room, sampleRateHz: number): Float64Array => {
  const result = new Float64Array(signal.length);
  const taps = DELAYS_SECONDS.map((delay) => createLine(delay, room, sampleRateHz));
  const outputs = new Float64Array(taps.length);
  const dry = 1 - room.wet;
  const keep = 1 - room.damping;
  for (let i = 0; i < signal.length; i++) {
    const x = signal[i] as number;
    let sum = 0;
    let heard = 0;
    for (let n = 0; n < taps.length; n++) {
      const line = taps[n] as Line;
      line.low += keep * ((line.buffer[line.position] as number) - line.low);
      const out = line.low * line.gain;
      outputs[n] = out;
      sum += out;
      heard += (n + (room.ear ?? 0)) % 2 === 0 ? out : -0.6 * out;
    }
    const shared = sum / 3;
    for (let n = 0; n < taps.length; n++) {
      const line = taps[n] as Line;
      line.buffer[line.position] = x + (outputs[n] as number) - shared;
      line.position = line.position + 1 === line.buffer.length ? 0 : line.position + 1;
    }
    result[i] = dry * x + room.wet * heard;
  }
  return result;
};
