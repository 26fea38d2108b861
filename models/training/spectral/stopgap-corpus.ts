// SPDX-License-Identifier: Apache-2.0

interface CorpusOptions {
  readonly clips: number;
  readonly seed: number;
  readonly sampleRateHz: number;
}

interface Clip {
  readonly recipe: string;
  readonly samples: Float32Array;
}

/** Numerical Recipes' 32-bit linear congruential generator, its high bits; 0…1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 0x1000000;
  };
  for (let i = 0; i < 8; i++) next();
  return next;
}

type Recipe = (random: () => number, rate: number) => (n: number) => number;

/** Noise through one resonator, its level moving slowly. */
const resonantNoise: Recipe = (random, rate) => {
  const hz = 80 * 100 ** random();
  const radius = 1 - 10 ** (-1 - 2 * random());
  const [b1, b2] = [2 * radius * Math.cos((2 * Math.PI * hz) / rate), -radius * radius];
  const [tremoloHz, depth] = [0.1 * 200 ** random(), random()];
  let [y1, y2] = [0, 0];
  return (n) => {
    const y = (2 * random() - 1) * (1 - radius) + b1 * y1 + b2 * y2;
    [y2, y1] = [y1, y];
    return y * (1 - depth * (0.5 + 0.5 * Math.sin((2 * Math.PI * tremoloHz * n) / rate)));
  };
};

/** Decaying partials struck at random times, harmonic or not. */
const struck: Recipe = (random, rate) => {
  const base = 60 * 40 ** random();
  const stretch = random() < 0.5 ? 1 : 1 + 0.6 * random();
  const [every, decay, slope] = [rate * 0.05 * 60 ** random(), 2 * 20 ** random(), 1 + 2 * random()];
  let start = 0;
  let next = every * random();
  let pitch = base;
  return (n) => {
    if (n >= next) {
      [start, next, pitch] = [n, n + every * (0.5 + random()), base * 2 ** (Math.floor(12 * random()) / 12)];
    }
    const age = (n - start) / rate;
    let value = 0;
    for (let h = 1; h <= 6; h++) {
      const hz = pitch * h ** stretch;
      if (hz < rate / 2) value += (Math.sin(2 * Math.PI * hz * age) * Math.exp(-age * decay * h)) / h ** slope;
    }
    return value;
  };
};

/** Clicks and bursts at irregular times over a noise bed. */
const bursts: Recipe = (random, rate) => {
  const [perSecond, decay, bed] = [0.5 * 100 ** random(), 10 * 100 ** random(), 10 ** (-1 - 3 * random())];
  const smooth = random() ** 2;
  let [level, low] = [0, 0];
  return () => {
    if (random() < perSecond / rate) level = 0.2 + random();
    level *= 1 - decay / rate;
    low += (1 - 0.98 * smooth) * (2 * random() - 1 - low);
    return low * (level + bed);
  };
};

/** A gliding harmonic tone with vibrato: engines, voices, sirens. */
const gliding: Recipe = (random, rate) => {
  const base = 40 * 50 ** random();
  const [glideHz, octaves] = [0.05 * 100 ** random(), 2 * random() ** 2];
  const [harmonics, noise] = [1 + Math.floor(12 * random()), 0.3 * random() ** 3];
  let phase = 0;
  return (n) => {
    phase += (base * 2 ** (octaves * Math.sin((2 * Math.PI * glideHz * n) / rate))) / rate;
    let value = noise * (2 * random() - 1);
    for (let h = 1; h <= harmonics; h++) value += Math.sin(2 * Math.PI * h * phase) / (h * harmonics);
    return value;
  };
};

const RECIPES: readonly (readonly [string, Recipe])[] = Object.entries({ resonantNoise, struck, bursts, gliding });

/** Seeded generated clips of 5 s; one in three is a mixture of two recipes. */
export function* stopgapCorpus({ clips, seed, sampleRateHz }: CorpusOptions): Iterable<Clip> {
  for (let i = 0; i < clips; i++) {
    const random = createRandom(seed * 1_000_003 + i * 7919);
    const pick = (index: number) => RECIPES[index % RECIPES.length] as readonly [string, Recipe];
    const [recipe, create] = pick(i);
    const main = create(random, sampleRateHz);
    const other = i % 3 === 0 ? pick(i + 1 + Math.floor(3 * random()))[1](random, sampleRateHz) : () => 0;
    const gain = 10 ** (-2 * random());
    const floor = 10 ** (-2 - 3 * random());
    const samples = Float32Array.from(
      { length: 5 * sampleRateHz },
      (_, n) => main(n) + gain * other(n) + floor * (2 * random() - 1),
    );
    yield { recipe, samples };
  }
}
