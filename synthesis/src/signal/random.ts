// SPDX-License-Identifier: Apache-2.0
import { logarithm2, powerOfTwo } from './exact-math.ts';

export type Random = {
  /** Uniform in [0, 1), 32 bits. */
  readonly next: () => number;
  /** Uniform in [−1, 1). */
  readonly signed: () => number;
  readonly uniform: (low: number, high: number) => number;
  /** Uniform on a logarithmic scale; both ends above 0. */
  readonly logUniform: (low: number, high: number) => number;
  /** Whole number in [low, high], both included. */
  readonly integer: (low: number, high: number) => number;
  /** Roughly normal (four uniforms summed), mean 0, deviation 1, bounded by ±3.5. */
  readonly normal: () => number;
  readonly chance: (probability: number) => boolean;
  /** One of the choices, each equally likely. @throws RangeError when there is none. */
  readonly pick: <T>(choices: readonly T[]) => T;
  /** Waiting time of a Poisson process with the given mean. */
  readonly waiting: (mean: number) => number;
};

/** FNV-1a over UTF-16 units, then an avalanche, so that neighbouring labels give unrelated states. */
const hash = (text: string, basis: number): number => {
  let h = basis >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
};

/** sfc32 (PractRand's small fast counting generator): integer arithmetic only. */
const createWords = (key: string): (() => number) => {
  let a = hash(key, 2166136261);
  let b = hash(key, 3141592653);
  let c = hash(key, 2718281828);
  let counter = 1;
  const word = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) word();
  return word;
};

/** A generator that depends on nothing but its labels: `createRandom(seed, 'rain', 7)`. */
export const createRandom = (...labels: readonly (string | number)[]): Random => {
  const word = createWords(labels.join('\u0000'));
  const next = (): number => word() / 4294967296;
  const uniform = (low: number, high: number): number => low + (high - low) * next();
  return {
    next,
    signed: () => word() / 2147483648 - 1,
    uniform,
    logUniform: (low, high) => low * powerOfTwo(next() * logarithm2(high / low)),
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    normal: () => (next() + next() + next() + next() - 2) * 1.7320508075688772,
    chance: (probability) => next() < probability,
    pick: (choices) => {
      const choice = choices[Math.floor(next() * choices.length)];
      if (choice === undefined) throw new RangeError('There is nothing to pick from.');
      return choice;
    },
    waiting: (mean) => -mean * Math.LN2 * logarithm2(1 - next()),
  };
};
