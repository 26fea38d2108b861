// SPDX-License-Identifier: Apache-2.0
import type { Random } from './random.ts';

/** What a generator is given: where its randomness comes from, and how long and how fine to render. */
export type Scene = { readonly random: Random; readonly sampleRateHz: number; readonly seconds: number };

/** A generator of one mono signal of `lengthOf(scene)` samples, at any level; whoever asks for it sets the level. */
export type Sound = (scene: Scene) => Float64Array;

export const lengthOf = (scene: Scene): number => Math.round(scene.seconds * scene.sampleRateHz);

export const silenceOf = (scene: Scene): Float64Array => new Float64Array(lengthOf(scene));

/** The same scene for an event of another length. */
export const lasting = (scene: Scene, seconds: number): Scene => ({ ...scene, seconds });
