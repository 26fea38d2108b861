// SPDX-License-Identifier: Apache-2.0
import { generateMelody } from '../melody/generate-melody.ts';
import type { MelodyNote } from '../melody/melody.ts';
import { parseMelody } from '../melody/notation.ts';
import { createRandom } from '../signal/random.ts';

export type DemoMelody = {
  readonly id: string;
  readonly title: string;
  readonly genre: string;
  readonly beatsPerMinute: number;
  readonly notes: readonly MelodyNote[];
};

type WrittenMelody = Omit<DemoMelody, 'notes'> & { readonly text: string };

/** Openings of tunes in the public domain (traditional, or composers dead for more than a hundred years), written from memory around middle c. */
const WRITTEN: readonly WrittenMelody[] = [
  {
    id: 'ode-to-joy',
    title: 'Ode to Joy',
    genre: 'Classical',
    beatsPerMinute: 116,
    text: 'e e f g | g f e d | c c d e | e:1.5 d:.5 d:2 | e e f g | g f e d | c c d e | d:1.5 c:.5 c:2',
  },
  {
    id: 'frere-jacques',
    title: 'Frère Jacques',
    genre: "Children's song",
    beatsPerMinute: 112,
    text: 'c d e c | c d e c | e f g:2 | e f g:2 | g:.5 a:.5 g:.5 f:.5 e c | g:.5 a:.5 g:.5 f:.5 e c | c g, c:2 | c g, c:2',
  },
  {
    id: 'greensleeves',
    title: 'Greensleeves',
    genre: 'Folk',
    beatsPerMinute: 96,
    text: `a,:.5 | c d:.5 e:.75 f:.25 e:.5 | d b,:.5 g,:.75 a,:.25 b,:.5 | c a,:.5 a,:.75 g#,:.25 a,:.5 | b, g#,:.5 e, a,:.5 |
      c d:.5 e:.75 f:.25 e:.5 | d b,:.5 g,:.75 a,:.25 b,:.5 | c:.75 b,:.25 a,:.5 g#,:.75 f#,:.25 g#,:.5 | a,:1.5 a,`,
  },
  {
    id: 'scarborough-fair',
    title: 'Scarborough Fair',
    genre: 'Folk',
    beatsPerMinute: 138,
    text: `d:2 d | a:2 a | e:1.5 f:.5 e | d:3 | r a c' | d':2 c' | a b g | a:3 | r d' d' | d':2 c' | a:2 a | g f e | c:3 |
      d:2 a | g:2 f | e d c | d:3`,
  },
  {
    id: 'amazing-grace',
    title: 'Amazing Grace',
    genre: 'Hymn',
    beatsPerMinute: 104,
    text: 'g, | c:2 e:.5 c:.5 | e:2 d | c:2 a, | g,:2 g, | c:2 e:.5 c:.5 | e:2 d | g:5 e | g:2 e:.5 c:.5 | e:2 d | c:2 a, | g,:2 g, | c:2 e:.5 c:.5 | e:2 d | c:5',
  },
  {
    id: 'auld-lang-syne',
    title: 'Auld Lang Syne',
    genre: 'Folk',
    beatsPerMinute: 108,
    text: 'g, | c:1.5 c:.5 c e | d:1.5 c:.5 d e | c:1.5 c:.5 e g | a:3 a | g:1.5 e:.5 e c | d:1.5 c:.5 d e | c:1.5 a,:.5 a, g, | c:3',
  },
  {
    id: 'twinkle',
    title: 'Twinkle, Twinkle, Little Star',
    genre: "Children's song",
    beatsPerMinute: 120,
    text: 'c c g g | a a g:2 | f f e e | d d c:2 | g g f f | e e d:2 | g g f f | e e d:2 | c c g g | a a g:2 | f f e e | d d c:2',
  },
  {
    id: 'swan-lake',
    title: 'Swan Lake (theme)',
    genre: 'Classical',
    beatsPerMinute: 100,
    text: `e:2 a,:.5 b,:.5 c:.5 d:.5 | e:1.5 c:.5 e:1.5 c:.5 | e:1.5 a,:.5 c:.5 a,:.5 f,:.5 c:.5 | a,:3 d:.5 c:.5 |
      b,:2 c:.5 d:.5 e:.5 f:.5 | e:1.5 c:.5 e:1.5 c:.5 | e:1.5 b,:.5 d:.5 b,:.5 g#,:.5 d:.5 | a,:4`,
  },
  {
    id: 'fur-elise',
    title: 'Für Elise',
    genre: 'Classical',
    beatsPerMinute: 132,
    text: `e:.5 d#:.5 | e:.5 d#:.5 e:.5 b,:.5 d:.5 c:.5 | a, r:.5 c,:.5 e,:.5 a,:.5 | b, r:.5 e,:.5 g#,:.5 b,:.5 | c r:.5 e,:.5 e:.5 d#:.5 |
      e:.5 d#:.5 e:.5 b,:.5 d:.5 c:.5 | a, r:.5 c,:.5 e,:.5 a,:.5 | b, r:.5 e,:.5 c:.5 b,:.5 | a,:2`,
  },
  {
    id: 'korobeiniki',
    title: 'Korobeiniki',
    genre: 'Folk',
    beatsPerMinute: 140,
    text: `e b,:.5 c:.5 d c:.5 b,:.5 | a, a,:.5 c:.5 e d:.5 c:.5 | b,:1.5 c:.5 d e | c a, a,:2 |
      r:.5 d f:.5 a g:.5 f:.5 | e:1.5 c:.5 e d:.5 c:.5 | b, b,:.5 c:.5 d e | c a, a,:2`,
  },
  {
    id: 'when-the-saints',
    title: 'When the Saints Go Marching In',
    genre: 'Spiritual',
    beatsPerMinute: 168,
    text: 'c e f | g:4 | r c e f | g:4 | r c e f | g:2 e:2 | c:2 e:2 | d:4 | e e d c:3 c e:2 | g:2 g f:3 | e f g:2 e:2 | c:2 d:2 | c:4',
  },
  {
    id: 'silent-night',
    title: 'Silent Night',
    genre: 'Hymn',
    beatsPerMinute: 112,
    text: "g:1.5 a:.5 g | e:3 | g:1.5 a:.5 g | e:3 | d':2 d' | b:3 | c':2 c' | g:3 | a:2 a | c':1.5 b:.5 a | g:1.5 a:.5 g | e:3",
  },
  {
    id: 'mountain-king',
    title: 'In the Hall of the Mountain King',
    genre: 'Classical',
    beatsPerMinute: 126,
    text: `a,:.5 b,:.5 c:.5 d:.5 e:.5 c:.5 e | d#:.5 b,:.5 d# d:.5 a#,:.5 d | a,:.5 b,:.5 c:.5 d:.5 e:.5 c:.5 e:.5 a:.5 |
      g:.5 e:.5 c:.5 e:.5 g:2`,
  },
  {
    id: 'yankee-doodle',
    title: 'Yankee Doodle',
    genre: 'March',
    beatsPerMinute: 176,
    text: 'c c d e | c e d:2 | c c d e | c:2 b,:2 | c c d e | f e d c | b, g, a, b, | c:2 c:2',
  },
];

const GENERATED: readonly Omit<DemoMelody, 'notes'>[] = [
  { id: 'generated-air', title: 'Generated Air', genre: 'Generated', beatsPerMinute: 92 },
  { id: 'generated-dance', title: 'Generated Dance', genre: 'Generated', beatsPerMinute: 152 },
];

/** The sixteen melodies of the library. */
export const DEMO_MELODIES: readonly DemoMelody[] = [
  ...WRITTEN.map(({ text, ...melody }) => ({ ...melody, notes: parseMelody(text) })),
  ...GENERATED.map((melody) => ({ ...melody, notes: generateMelody(createRandom('melody', melody.id), 8) })),
];
