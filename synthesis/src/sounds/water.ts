// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sampleCurve, strikeEnvelope, wander } from '../signal/curve.ts';
import { addInto, fadeEdges, normaliseLevel, shape } from '../signal/mix.ts';
import { strikeModes } from '../signal/modes.ts';
import { pinkNoise, whiteNoise } from '../signal/noise.ts';
import { lasting, lengthOf, type Scene, type Sound, silenceOf } from '../signal/scene.ts';
import { oscillate, SINE_TABLE } from '../signal/wavetable.ts';
import { noiseBurst, repeatEvents } from './burst.ts';

type Bubble = { readonly frequencyHz: number; readonly riseShare: number; readonly decaySeconds: number };

/** One bubble: a sine that rises as the bubble nears the surface and dies away (van den Doel 2005). */
const bubble = (scene: Scene, { frequencyHz, riseShare, decaySeconds }: Bubble): Float64Array => {
  const length = lengthOf(lasting(scene, decaySeconds * 6));
  const pitch = sampleCurve((t) => frequencyHz * (1 + (riseShare * t) / decaySeconds), length, scene.sampleRateHz);
  const envelope = { attackSeconds: 0.001, decaySeconds, sampleRateHz: scene.sampleRateHz };
  return fadeEdges(shape(oscillate(SINE_TABLE, pitch, scene.sampleRateHz), strikeEnvelope(length, envelope)), 16);
};

const bubbles = (
  scene: Scene,
  options: { readonly perSecond: number; readonly lowHz: number; readonly highHz: number },
): Float64Array => {
  const { random } = scene;
  return repeatEvents(silenceOf(scene), scene, {
    gapSeconds: () => random.waiting(1 / options.perSecond),
    event: () => {
      const frequencyHz = random.logUniform(options.lowHz, options.highHz);
      const decaySeconds = random.uniform(4, 14) / frequencyHz + 0.003;
      const signal = bubble(scene, { frequencyHz, riseShare: random.uniform(0, 0.12), decaySeconds });
      const gain = random.logUniform(0.1, 1);
      return signal.map((value) => value * gain);
    },
  });
};

/** A brook: many bubbles over a soft hiss. */
export const stream: Sound = (scene) => {
  const { random } = scene;
  const lowHz = random.logUniform(350, 900);
  const signal = bubbles(scene, { perSecond: random.logUniform(60, 200), lowHz, highHz: lowHz * random.uniform(3, 6) });
  const hiss = applyFilters(pinkNoise(signal.length, random), scene.sampleRateHz, {
    kind: 'high-pass',
    frequencyHz: 700,
  });
  return addInto(normaliseLevel(signal, 0.1), normaliseLevel(hiss, random.logUniform(0.01, 0.06)));
};

/** Big slow bubbles: pouring from a bottle, boiling, an aquarium. */
export const bubbling: Sound = (scene) => {
  const { random } = scene;
  const lowHz = random.logUniform(140, 400);
  return bubbles(scene, { perSecond: random.logUniform(6, 30), lowHz, highHz: lowHz * random.uniform(1.5, 3) });
};

/** Single drops into a basin or a cave, near in pitch, seconds or tenths apart. */
export const dripping: Sound = (scene) => {
  const { random } = scene;
  const frequencyHz = random.logUniform(500, 2200);
  const gap = random.logUniform(0.25, 1.2);
  const spread = random.uniform(0.02, 0.3);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0, 0.5),
    gapSeconds: () => gap * random.uniform(0.8, 1.25),
    event: () =>
      bubble(scene, {
        frequencyHz: frequencyHz * (1 + spread * random.signed()),
        riseShare: random.uniform(0.02, 0.2),
        decaySeconds: random.uniform(0.015, 0.05),
      }),
  });
};

/** Rain: dense small splashes on a surface with a resonance of its own, over a broad hiss. */
export const rain: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const surfaceHz = random.logUniform(1500, 5000);
  const drops = silenceOf(scene);
  for (let at = 0; at < drops.length; at += random.waiting(sampleRateHz / random.logUniform(150, 500))) {
    drops[Math.floor(at)] = random.signed() * random.signed() * random.next();
  }
  applyFilters(drops, sampleRateHz, { kind: 'band-pass', frequencyHz: surfaceHz, q: random.uniform(0.8, 2.5) });
  const hiss = whiteNoise(drops.length, random);
  const toneHz = random.logUniform(1200, 4500);
  applyFilters(
    hiss,
    sampleRateHz,
    { kind: 'high-pass', frequencyHz: 500 },
    { kind: 'peak', frequencyHz: toneHz, q: 0.6, decibels: 7 },
  );
  const slow = wander(random, 0.7, scene.seconds);
  shape(
    hiss,
    sampleCurve((t) => 1 + 0.15 * slow(t), hiss.length, sampleRateHz),
  );
  const mixed = addInto(normaliseLevel(drops, 0.1), normaliseLevel(hiss, random.logUniform(0.03, 0.2)));
  const near = bubbles(scene, { perSecond: random.uniform(3, 18), lowHz: 1500, highHz: 5000 });
  return addInto(mixed, normaliseLevel(near, random.uniform(0.005, 0.03)));
};

/** Pouring or a tap: hiss with a resonance that climbs while the vessel fills. */
export const pouring: Sound = (scene) => {
  const { random } = scene;
  const signal = bubbles(scene, { perSecond: 90, lowHz: random.uniform(300, 500), highHz: random.uniform(1500, 3500) });
  const flow = whiteNoise(signal.length, random);
  applyFilters(flow, scene.sampleRateHz, { kind: 'band-pass', frequencyHz: random.logUniform(1500, 5000), q: 0.6 });
  return addInto(normaliseLevel(signal, 0.1), normaliseLevel(flow, random.uniform(0.05, 0.3)));
};

/** Things thrown into water: a slap of noise, then bubbles. */
export const splashes: Sound = (scene) => {
  const { random } = scene;
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0, 0.4),
    gapSeconds: () => random.uniform(0.5, 2.2),
    event: () => {
      const filters = [{ kind: 'band-pass', frequencyHz: random.logUniform(500, 2500), q: 0.5 }] as const;
      const signal = noiseBurst(lasting(scene, 1), {
        attackSeconds: 0.008,
        decaySeconds: random.uniform(0.06, 0.2),
        filters,
      });
      const tail = bubbles(lasting(scene, 0.6), { perSecond: 50, lowHz: 300, highHz: 1600 });
      return addInto(signal, tail, { offset: 0.05 * scene.sampleRateHz, gain: 0.15 });
    },
  });
};

/** Frying or gas: hiss full of tiny cracks. */
export const sizzle: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const cracks = silenceOf(scene);
  const perSecond = random.logUniform(150, 900);
  for (let at = 0; at < cracks.length; at += random.waiting(sampleRateHz / perSecond)) {
    const modes = [
      {
        frequencyHz: random.logUniform(2500, 9000),
        decaySeconds: random.uniform(0.0003, 0.0015),
        amplitude: random.next(),
      },
    ];
    strikeModes(cracks, modes, { offset: at, sampleRateHz });
  }
  const hiss = applyFilters(whiteNoise(cracks.length, random), sampleRateHz, { kind: 'high-pass', frequencyHz: 2500 });
  return addInto(normaliseLevel(cracks, 0.1), normaliseLevel(hiss, random.logUniform(0.02, 0.12)));
};
