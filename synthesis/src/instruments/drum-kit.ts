// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { sampleCurve, strikeEnvelope } from '../signal/curve.ts';
import { exponential } from '../signal/exact-math.ts';
import { addInto, fadeEdges, normalisePeak, shape } from '../signal/mix.ts';
import { strikeModes } from '../signal/modes.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { Random } from '../signal/random.ts';
import { lasting, lengthOf, type Scene, silenceOf } from '../signal/scene.ts';
import { oscillate, SINE_TABLE } from '../signal/wavetable.ts';

type Drum = (scene: Scene) => Float64Array;

const createKick = (random: Random): Drum => {
  const endHz = random.uniform(42, 62);
  const drop = random.uniform(70, 160);
  return (scene) => {
    const length = lengthOf(lasting(scene, 0.35));
    const pitch = sampleCurve((t) => endHz + drop * exponential(-t / 0.03), length, scene.sampleRateHz);
    const envelope = { attackSeconds: 0.002, decaySeconds: 0.1, sampleRateHz: scene.sampleRateHz };
    return fadeEdges(shape(oscillate(SINE_TABLE, pitch, scene.sampleRateHz), strikeEnvelope(length, envelope)), 40);
  };
};

const createSnare = (random: Random): Drum => {
  const toneHz = random.uniform(160, 230);
  const wiresSeconds = random.uniform(0.05, 0.11);
  return (scene) => {
    const signal = whiteNoise(lengthOf(lasting(scene, 0.3)), scene.random);
    applyFilters(signal, scene.sampleRateHz, { kind: 'high-pass', frequencyHz: 900 });
    const envelope = { attackSeconds: 0.001, decaySeconds: wiresSeconds, sampleRateHz: scene.sampleRateHz };
    shape(signal, strikeEnvelope(signal.length, envelope));
    const skin = [
      { frequencyHz: toneHz, decaySeconds: 0.05, amplitude: 0.9 },
      { frequencyHz: toneHz * 1.6, decaySeconds: 0.03, amplitude: 0.5 },
    ];
    strikeModes(signal, skin, { sampleRateHz: scene.sampleRateHz });
    return normalisePeak(signal, 0.8);
  };
};

const createHat = (random: Random): Drum => {
  const cornerHz = random.uniform(5500, 8000);
  const closedSeconds = random.uniform(0.015, 0.035);
  return (scene) => {
    const signal = whiteNoise(lengthOf(lasting(scene, 0.12)), scene.random);
    applyFilters(signal, scene.sampleRateHz, {
      kind: 'high-pass',
      frequencyHz: Math.min(cornerHz, scene.sampleRateHz * 0.35),
    });
    const envelope = { attackSeconds: 0.0005, decaySeconds: closedSeconds, sampleRateHz: scene.sampleRateHz };
    return normalisePeak(shape(signal, strikeEnvelope(signal.length, envelope)), 0.4);
  };
};

/** Sixteen steps of a bar; the digits are loudness 0–9. */
const PATTERNS = [
  { kick: '9000000090000000', snare: '0000900000009000', hat: '7040704070407040' },
  { kick: '9000009090000000', snare: '0000900000009003', hat: '7474747474747474' },
  { kick: '9000900090009000', snare: '0000900000009000', hat: '0070007000700070' },
  { kick: '9009000000900000', snare: '0000900003009000', hat: '7030503070305030' },
] as const;

/** A kit playing one pattern over and over at `beatsPerMinute`, four beats a bar. */
export const playDrums = (scene: Scene, beatsPerMinute: number): Float64Array => {
  const { random } = scene;
  const pattern = random.pick(PATTERNS);
  const drums = [
    { drum: createKick(random), steps: pattern.kick, gain: 1 },
    { drum: createSnare(random), steps: pattern.snare, gain: 0.8 },
    { drum: createHat(random), steps: pattern.hat, gain: 0.8 },
  ];
  const target = silenceOf(scene);
  const stepSeconds = 15 / beatsPerMinute;
  for (let step = 0; step * stepSeconds < scene.seconds; step++) {
    for (const { drum, steps, gain } of drums) {
      const loudness = Number(steps[step % 16]) / 9;
      if (loudness === 0) continue;
      const offset = (step * stepSeconds + random.uniform(0, 0.004)) * scene.sampleRateHz;
      addInto(target, drum(scene), { offset, gain: gain * loudness * random.uniform(0.85, 1) });
    }
  }
  return target;
};
