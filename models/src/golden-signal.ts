// SPDX-License-Identifier: Apache-2.0
import type { Card } from './card.ts';

type SignalName = Card['golden'][number]['signal'];

/** Numerical Recipes' 32-bit linear congruential generator: uniform −1…1, the same on every machine. */
function createNoise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  };
}

/** Linear chirp 200 → 6000 Hz under a 3 Hz tremolo, plus noise 26 dB below it. */
function chirpNoise(sampleRateHz: number, samples: number): Float32Array {
  const noise = createNoise(20260101);
  const seconds = samples / sampleRateHz;
  return Float32Array.from({ length: samples }, (_, n) => {
    const t = n / sampleRateHz;
    const phase = 2 * Math.PI * (200 * t + ((6000 - 200) * t * t) / (2 * seconds));
    return 0.4 * Math.sin(phase) * (0.6 + 0.4 * Math.sin(2 * Math.PI * 3 * t)) + 0.02 * noise();
  });
}

/** A plucked note (decaying harmonics) every 0.5 s, up a pentatonic scale from A3. */
function pluckedNotes(sampleRateHz: number, samples: number): Float32Array {
  const noise = createNoise(7);
  const scale = [0, 2, 4, 7, 9, 12];
  return Float32Array.from({ length: samples }, (_, n) => {
    const t = n / sampleRateHz;
    const note = Math.floor(t / 0.5);
    const age = t - note * 0.5;
    const f0 = 220 * 2 ** ((scale[note % scale.length] ?? 0) / 12);
    let value = 0;
    for (let h = 1; h <= 8; h++) value += (Math.sin(2 * Math.PI * f0 * h * age) * Math.exp(-age * 3 * h)) / h;
    return 0.3 * value + 0.001 * noise();
  });
}

/** A tune as a soft voice hums it: eight harmonics under a slow vibrato, notes that glide into each other, short rests. */
function hummedTune(sampleRateHz: number, samples: number): Float32Array {
  const noise = createNoise(11);
  const [noteSeconds, glideSeconds] = [0.45, 0.06];
  const tune = [0, 4, 7, 5, 4, 2, 0, 7, 9, 7, 5, 4, 2, 4, 0, -1];
  let phase = 0;
  return Float32Array.from({ length: samples }, (_, n) => {
    const t = n / sampleRateHz;
    const note = Math.floor(t / noteSeconds);
    const age = t - note * noteSeconds;
    const [before, now] = [note - 1, note].map((at) => tune[Math.max(0, at) % tune.length] ?? 0) as [number, number];
    const glided = now + (before - now) * Math.max(0, 1 - age / glideSeconds);
    const f0 = 196 * 2 ** ((glided + 0.15 * Math.sin(2 * Math.PI * 5 * t)) / 12);
    phase += (2 * Math.PI * f0) / sampleRateHz;
    // Every fourth note ends in a breath.
    const rest = note % 4 === 3 ? Math.max(0, Math.min(1, (noteSeconds - 0.1 - age) / 0.03)) : 1;
    let value = 0;
    for (let h = 1; h <= 8; h++) value += Math.sin(h * phase) / h ** 1.5;
    return 0.25 * rest * Math.min(1, t / 0.05) * value + 0.001 * noise();
  });
}

const GENERATORS: Record<SignalName, (sampleRateHz: number, samples: number) => Float32Array> = {
  'chirp-noise': chirpNoise,
  'plucked-notes': pluckedNotes,
  'hummed-tune': hummedTune,
};

/**
 * The signal behind a golden vector, generated instead of stored.
 * @param samples length in samples at `sampleRateHz`; one window of the card
 * @returns mono float32, −1…1
 */
export function goldenSignal(name: SignalName, sampleRateHz: number, samples: number): Float32Array {
  return GENERATORS[name](sampleRateHz, samples);
}
