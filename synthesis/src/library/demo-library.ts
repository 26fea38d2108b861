// SPDX-License-Identifier: Apache-2.0
import { createRandom } from '../signal/random.ts';
import type { Sound } from '../signal/scene.ts';
import type { DemoClip, DemoFormat } from './demo-clip.ts';
import { EVERYDAY_SOUNDS } from './everyday-sounds.ts';
import { DEMO_MELODIES } from './melodies.ts';
import { PLAYERS, playMelody } from './players.ts';
import { recordInRoom } from './recording.ts';

/** Changes whenever a clip would sound or be named differently. */
export const LIBRARY_VERSION = '1';

const FORMATS: readonly DemoFormat[] = ['wav', 'wav', 'wav', 'wav', 'wav', 'mp3', 'flac', 'mp3', 'ogg', 'm4a'];
const SAMPLE_RATES_HZ = [16_000, 22_050, 24_000, 32_000, 44_100, 48_000] as const;

type Outline = {
  /** File name without its ending. */
  readonly stem: string;
  readonly title: string;
  readonly genre: string;
  readonly sound: Sound;
  readonly subject: { readonly instrument: string; readonly melody: string } | { readonly kind: string };
};

const createClip = ({ stem, title, genre, sound, subject }: Outline): DemoClip => {
  const outline = createRandom('library', LIBRARY_VERSION, stem);
  const format = outline.pick(FORMATS);
  const sampleRateHz = outline.pick(SAMPLE_RATES_HZ);
  const channels = outline.chance(0.5) ? 2 : 1;
  const seconds = outline.integer(60, 120) / 10;
  const what = 'kind' in subject ? subject.kind : subject.instrument;
  return {
    fileName: `${stem}.${format}`,
    title,
    genre,
    ...subject,
    sampleRateHz,
    channels,
    seconds,
    format,
    tags: {
      title,
      artist: 'Earshot synthesiser',
      album: 'kind' in subject ? 'Everyday sounds' : 'Public-domain melodies',
      genre,
      comment: what,
      keywords: ['earshot-demo', ...Object.values(subject)].join('; '),
    },
    render: () => {
      const random = createRandom('library', LIBRARY_VERSION, stem, 'audio');
      return recordInRoom(sound({ random, sampleRateHz, seconds }), { random, channels, sampleRateHz });
    },
  };
};

const number = (index: number): string => String(index + 1).padStart(2, '0');

const music = (): Outline[] =>
  DEMO_MELODIES.flatMap((melody) =>
    PLAYERS.map((player, index) => ({
      stem: `music/${melody.id}/${melody.id}-${player.id}-${number(index)}`,
      title: `${melody.title} (${player.title})`,
      genre: melody.genre,
      subject: { instrument: player.id, melody: melody.id },
      sound: (scene) => playMelody(scene, player, melody),
    })),
  );

const everydaySounds = (): Outline[] =>
  EVERYDAY_SOUNDS.flatMap(({ kind, title, genre, sound, variants }) =>
    Array.from({ length: variants }, (_, index) => ({
      stem: `sounds/${kind}/${kind}-${number(index)}`,
      title: `${title} ${index + 1}`,
      genre,
      subject: { kind },
      sound,
    })),
  );

/** Outlines of all clips of the built-in library, in a fixed order; nothing is rendered until `render()` is called. */
export const demoLibrary = (): readonly DemoClip[] => [...music(), ...everydaySounds()].map(createClip);
