// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { type Curve, sampleCurve } from '../signal/curve.ts';
import { ratioOfSemitones, sineOfTurns } from '../signal/exact-math.ts';
import { addInto, shape } from '../signal/mix.ts';
import { lengthOf, type Scene, type Sound, silenceOf } from '../signal/scene.ts';
import { createWavetable, oscillate, SINE_TABLE, spectrum, type Wavetable } from '../signal/wavetable.ts';

/** Bright to hollow: what loudspeakers and horns of alarms make of a tone. */
const hornTable = (scene: Scene): Wavetable => {
  const bright = scene.random.uniform(0.2, 0.9);
  return createWavetable(spectrum(9, (n) => (n === 1 ? 1 : bright / n)));
};

const sound = (scene: Scene, table: Wavetable, pitchHz: Curve): Float64Array =>
  oscillate(table, sampleCurve(pitchHz, lengthOf(scene), scene.sampleRateHz), scene.sampleRateHz);

const wholePart = (turns: number): number => turns - Math.floor(turns);

/** A siren: wail, yelp or two-tone horn. */
export const siren: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const lowHz = random.logUniform(420, 700);
  const span = random.uniform(0.5, 1.1);
  const kind = random.pick(['wail', 'wail', 'yelp', 'two-tone']);
  const rateHz =
    kind === 'wail' ? random.uniform(0.2, 0.5) : kind === 'yelp' ? random.uniform(2, 4) : random.uniform(0.7, 1.1);
  const phase = random.next();
  const pitch = (t: number): number => {
    const turns = wholePart(t * rateHz + phase);
    if (kind === 'two-tone') return turns < 0.5 ? lowHz : lowHz * 1.335;
    return lowHz * ratioOfSemitones(12 * span * (turns < 0.55 ? turns / 0.55 : (1 - turns) / 0.45));
  };
  const signal = sound(scene, hornTable(scene), pitch);
  return applyFilters(signal, sampleRateHz, {
    kind: 'peak',
    frequencyHz: random.uniform(900, 2200),
    q: 1.5,
    decibels: 7,
  });
};

/** Alarm clocks, reversing lorries, timers: a tone switched on and off in a pattern. */
export const beeping: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const pitchHz = random.logUniform(600, 4000);
  const beepsHz = random.logUniform(1, 10);
  const group = random.integer(1, 4);
  const share = random.uniform(0.3, 0.7);
  const signal = sound(scene, hornTable(scene), () => pitchHz);
  const gate: Curve = (t) => (wholePart(t * beepsHz) < share && Math.floor(t * beepsHz) % (group + 1) < group ? 1 : 0);
  return shape(signal, sampleCurve(gate, signal.length, sampleRateHz));
};

/** Telephones: two tones warbling or ringing in turns, then a pause. */
export const ringing: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const firstHz = random.logUniform(400, 2000);
  const ratio = random.uniform(1.1, 1.5);
  const warbleHz = random.uniform(10, 26);
  const table = hornTable(scene);
  const cadenceHz = random.uniform(0.3, 0.8);
  const signal = sound(scene, table, (t) => (wholePart(t * warbleHz) < 0.5 ? firstHz : firstHz * ratio));
  return shape(
    signal,
    sampleCurve((t) => (wholePart(t * cadenceHz) < 0.55 ? 1 : 0), signal.length, sampleRateHz),
  );
};

/** Car, ship and train horns: chords of steady reedy tones, blown once or in a rhythm. */
export const horn: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const baseHz = random.logUniform(90, 500);
  const target = silenceOf(scene);
  for (const semitones of random.pick([[0], [0, 4], [0, 3, 7], [0, 5, 9]])) {
    const table = createWavetable(spectrum(20, (n) => random.uniform(0.4, 1) / Math.sqrt(n)));
    const pitchHz = baseHz * ratioOfSemitones(semitones);
    addInto(
      target,
      sound(scene, table, () => pitchHz),
    );
  }
  const blastsHz = random.logUniform(0.25, 2);
  const share = random.uniform(0.4, 0.9);
  const gate: Curve = (t) => (wholePart(t * blastsHz) < share ? 1 : 0);
  return shape(target, sampleCurve(gate, target.length, sampleRateHz));
};

/** Test-bench sweeps: exponential chirps up or down, once or again and again. */
export const chirps: Sound = (scene) => {
  const { random } = scene;
  const fromHz = random.logUniform(80, 1500);
  const octaves = random.uniform(0.5, 4) * (random.chance(0.3) ? -0.5 : 1);
  const rateHz = random.logUniform(0.2, 8);
  return sound(
    scene,
    random.chance(0.5) ? SINE_TABLE : hornTable(scene),
    (t) => fromHz * ratioOfSemitones(12 * octaves * wholePart(t * rateHz)),
  );
};

/** Frequency modulation of any index and ratio, the index rising and falling (Chowning 1973). */
export const frequencyModulation: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const carrierHz = random.logUniform(80, 1800);
  const ratio = random.chance(0.5) ? random.integer(1, 5) : random.uniform(0.3, 5);
  const index = random.uniform(0.3, 6);
  const notesHz = random.logUniform(0.4, 5);
  const modulator = sound(scene, SINE_TABLE, () => carrierHz * ratio);
  const frequency = modulator.map(
    (value, n) => carrierHz * (1 + ratio * index * (1 - wholePart((n / sampleRateHz) * notesHz)) * value),
  );
  // The table reader runs forwards only: negative instantaneous frequencies are folded.
  const signal = oscillate(SINE_TABLE, frequency.map(Math.abs), sampleRateHz);
  return shape(
    signal,
    sampleCurve((t) => 1 - 0.8 * wholePart(t * notesHz), signal.length, sampleRateHz),
  );
};

/** Drones: two or three detuned tones beating, amplitude modulated slowly or roughly. */
export const drone: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const baseHz = random.logUniform(60, 900);
  const target = silenceOf(scene);
  const table = createWavetable(spectrum(random.integer(1, 16), (n) => random.uniform(0.2, 1) / n));
  for (let n = random.integer(2, 4); n > 0; n--) {
    const pitchHz = baseHz * ratioOfSemitones(random.pick([0, 0, 7, 12]) + random.uniform(-0.3, 0.3));
    addInto(
      target,
      sound(scene, table, () => pitchHz),
    );
  }
  const rateHz = random.logUniform(0.5, 60);
  const depth = random.uniform(0, 1);
  return shape(
    target,
    sampleCurve((t) => 1 + depth * sineOfTurns(rateHz * t), target.length, sampleRateHz),
  );
};
