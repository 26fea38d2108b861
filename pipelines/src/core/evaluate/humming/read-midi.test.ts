// SPDX-License-Identifier: Apache-2.0
import { writeMidi } from 'midi-file';
import { expect, test } from 'vitest';
import { readMidi } from './read-midi.ts';

const note = (type: 'noteOn' | 'noteOff', deltaTime: number, noteNumber: number, channel = 0) =>
  ({ type, deltaTime, noteNumber, channel, velocity: 80 }) as const;
const end = { type: 'endOfTrack', deltaTime: 0 } as const;

test('notes come by track and channel, in seconds by the tempo changes of another track', () => {
  const bytes = writeMidi({
    header: { format: 1, numTracks: 2, ticksPerBeat: 100 },
    tracks: [
      [
        { type: 'setTempo', deltaTime: 0, microsecondsPerBeat: 1_000_000 },
        { type: 'setTempo', deltaTime: 100, microsecondsPerBeat: 500_000 },
        end,
      ],
      [
        { type: 'trackName', deltaTime: 0, text: 'Flute' },
        note('noteOn', 0, 60),
        note('noteOff', 100, 60),
        note('noteOn', 0, 62),
        note('noteOn', 0, 40, 9),
        note('noteOff', 100, 62),
        end,
      ],
    ],
  });
  expect(readMidi(Uint8Array.from(bytes))).toEqual([
    {
      name: 'Flute',
      channel: 0,
      notes: [
        { startSeconds: 0, seconds: 1, pitch: 60 },
        { startSeconds: 1, seconds: 0.5, pitch: 62 },
      ],
    },
    // Never ended: it sounds as long as its track.
    { name: 'Flute', channel: 9, notes: [{ startSeconds: 1, seconds: 0.5, pitch: 40 }] },
  ]);
});

test('without a tempo there are 120 beats a minute; a note that begins again ends the one before', () => {
  const bytes = writeMidi({
    header: { format: 0, numTracks: 1, ticksPerBeat: 96 },
    tracks: [[note('noteOn', 96, 60), note('noteOn', 96, 60), note('noteOff', 48, 60), end]],
  });
  expect(readMidi(Uint8Array.from(bytes))[0]?.notes).toEqual([
    { startSeconds: 0.5, seconds: 0.5, pitch: 60 },
    { startSeconds: 1, seconds: 0.25, pitch: 60 },
  ]);
});

test.each([
  ['no MIDI file at all', Buffer.from('RIFF....WAVEfmt ')],
  ['nothing', Buffer.alloc(0)],
  ['a header and nothing else', Buffer.from('MThd and nothing else')],
  [
    'a header without time',
    Buffer.from('4d546864000000060000000100004d54726b00000004 00ff2f00'.replace(' ', ''), 'hex'),
  ],
])('%s is refused', (_what, bytes) => {
  expect(() => readMidi(bytes)).toThrow(SyntaxError);
});
