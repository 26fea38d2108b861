// SPDX-License-Identifier: Apache-2.0

/** Adds `source × gain` into `target` from `offset` (samples, may be negative) on; what does not fit is cut off. */
export const addInto = (
  target: Float64Array,
  source: Float64Array,
  { offset = 0, gain = 1 }: { readonly offset?: number; readonly gain?: number } = {},
): Float64Array => {
  const start = Math.floor(offset);
  const from = Math.max(0, -start);
  const to = Math.min(source.length, target.length - start);
  for (let i = from; i < to; i++) target[start + i] = (target[start + i] as number) + (source[i] as number) * gain;
  return target;
};

/** Multiplies in place by a constant. */
export const scale = (signal: Float64Array, gain: number): Float64Array => {
  for (let i = 0; i < signal.length; i++) signal[i] = (signal[i] as number) * gain;
  return signal;
};

/** Multiplies in place by a curve of at least the same length. */
export const shape = (signal: Float64Array, curve: Float64Array): Float64Array => {
  for (let i = 0; i < signal.length; i++) signal[i] = (signal[i] as number) * (curve[i] as number);
  return signal;
};

export const peakOf = (signal: Float64Array): number => {
  let peak = 0;
  for (let i = 0; i < signal.length; i++) {
    const magnitude = Math.abs(signal[i] as number);
    if (magnitude > peak) peak = magnitude;
  }
  return peak;
};

/** Root of the mean square. */
export const levelOf = (signal: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < signal.length; i++) sum += (signal[i] as number) * (signal[i] as number);
  return signal.length === 0 ? 0 : Math.sqrt(sum / signal.length);
};

/** Scales in place so that the largest magnitude is `peak`; silence stays silent. */
export const normalisePeak = (signal: Float64Array, peak = 1): Float64Array => {
  const largest = peakOf(signal);
  return largest > 0 ? scale(signal, peak / largest) : signal;
};

/** Scales in place to a root mean square; silence stays silent. */
export const normaliseLevel = (signal: Float64Array, level: number): Float64Array => {
  const current = levelOf(signal);
  return current > 0 ? scale(signal, level / current) : signal;
};

/** Linear fade-in and fade-out of `samples` each, in place: no clicks at the edges. */
export const fadeEdges = (signal: Float64Array, samples: number): Float64Array => {
  const length = Math.min(Math.floor(samples), signal.length >> 1);
  for (let i = 0; i < length; i++) {
    const gain = i / length;
    signal[i] = (signal[i] as number) * gain;
    const last = signal.length - 1 - i;
    signal[last] = (signal[last] as number) * gain;
  }
  return signal;
};

/** Soft saturation x / (1 + |x|·amount), in place; amount 0 leaves the signal as it is. */
export const saturate = (signal: Float64Array, amount: number): Float64Array => {
  for (let i = 0; i < signal.length; i++) {
    const x = signal[i] as number;
    signal[i] = x / (1 + Math.abs(x) * amount);
  }
  return signal;
};
