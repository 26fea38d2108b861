// SPDX-License-Identifier: Apache-2.0
import type { Sound } from '../signal/scene.ts';
import { waves, wind } from '../sounds/air.ts';
import { bird } from '../sounds/birds-and-insects.ts';
import { bell, footsteps, knocking } from '../sounds/impacts.ts';
import { engine } from '../sounds/machines.ts';
import { siren } from '../sounds/signals.ts';
import { clock } from '../sounds/ticks.ts';
import { rain } from '../sounds/water.ts';

type EverydaySound = {
  readonly kind: string;
  readonly title: string;
  readonly genre: string;
  readonly sound: Sound;
  readonly variants: number;
};

/** What else sounds in the library. */
export const EVERYDAY_SOUNDS: readonly EverydaySound[] = [
  { kind: 'rain', title: 'Rain', genre: 'Nature', sound: rain, variants: 10 },
  { kind: 'clock', title: 'Clock', genre: 'Household', sound: clock, variants: 9 },
  { kind: 'siren', title: 'Siren', genre: 'Traffic', sound: siren, variants: 10 },
  { kind: 'footsteps', title: 'Footsteps', genre: 'Household', sound: footsteps, variants: 9 },
  { kind: 'bird', title: 'Bird', genre: 'Nature', sound: bird, variants: 10 },
  { kind: 'engine', title: 'Engine', genre: 'Traffic', sound: engine, variants: 10 },
  { kind: 'knocking', title: 'Knocking', genre: 'Household', sound: knocking, variants: 9 },
  { kind: 'waves', title: 'Waves', genre: 'Nature', sound: waves, variants: 10 },
  { kind: 'bell', title: 'Bell', genre: 'Household', sound: bell, variants: 9 },
  { kind: 'wind', title: 'Wind', genre: 'Nature', sound: wind, variants: 10 },
];
