// SPDX-License-Identifier: Apache-2.0
// Sine, exponential and logarithm from +, −, × and ÷ alone. Engines may compile Math.sin and its kin differently from one
// processor to the next (fused multiply-add, other libm); these give the same bits wherever float64 is IEEE 754.

const TWO_PI = 2 * Math.PI;

/** 2^n for n in −1022…1023, made by exact doublings and halvings. */
const POWERS_OF_TWO = (() => {
  const powers = new Float64Array(2046);
  let up = 1;
  for (let n = 0; n <= 1023; n++, up *= 2) powers[n + 1022] = up;
  let down = 1;
  for (let n = 0; n >= -1022; n--, down /= 2) powers[n + 1022] = down;
  return powers;
})();

/** sin(2π·turns); absolute error below 1e-11 (Taylor to x¹⁵ on a quarter turn). */
export const sineOfTurns = (turns: number): number => {
  let r = turns - Math.floor(turns + 0.5);
  if (r > 0.25) r = 0.5 - r;
  else if (r < -0.25) r = -0.5 - r;
  const x = r * TWO_PI;
  const s = x * x;
  const tail = -s / 1307674368000 + 1 / 6227020800;
  return x * (1 + s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362880 + s * (-1 / 39916800 + s * tail))))));
};

/** cos(2π·turns). */
export const cosineOfTurns = (turns: number): number => sineOfTurns(turns + 0.25);

/** 2^x; relative error below 1e-12 for |x| < 1000; 0 below that range. */
export const powerOfTwo = (x: number): number => {
  if (x < -1000) return 0;
  const n = Math.floor(x + 0.5);
  const y = (x - n) * Math.LN2;
  let sum = 1;
  for (let k = 11; k >= 1; k--) sum = 1 + (sum * y) / k;
  return sum * (POWERS_OF_TWO[Math.min(n, 1023) + 1022] as number);
};

/** e^x. */
export const exponential = (x: number): number => powerOfTwo(x / Math.LN2);

/** log₂(x) for x > 0; relative error below 1e-12. */
export const logarithm2 = (x: number): number => {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa > Math.SQRT2; exponent++) mantissa /= 2;
  for (; mantissa < Math.SQRT1_2; exponent--) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  const q = s * s;
  let series = 0;
  for (let k = 17; k >= 1; k -= 2) series = 1 / k + q * series;
  return exponent + (2 * s * series) / Math.LN2;
};

/** base^exponent for base > 0. */
export const power = (base: number, exponent: number): number => powerOfTwo(exponent * logarithm2(base));

/** Amplitude factor of a level in decibels. */
export const gainOfDecibels = (decibels: number): number => powerOfTwo(decibels / 6.020599913279624);

/** Frequency ratio of a distance in equal-tempered semitones. */
export const ratioOfSemitones = (semitones: number): number => powerOfTwo(semitones / 12);
