// SPDX-License-Identifier: Apache-2.0
import type { Card, CardMelody } from '../card.ts';

/** Places of the numbers that the frames graph gives for each frame. */
export const FRAME_CHANNELS = { pitch: 0, voiced: 1, salience: 2, linePitch: 3, lineStrength: 4, level: 5 } as const;

export const FRAME_CHANNEL_COUNT = Object.keys(FRAME_CHANNELS).length;

/** Time between two frames, ms. */
export function frameHopMs({ input, melody }: Pick<Card, 'input'> & { readonly melody: CardMelody }): number {
  return (melody.frames.hopSamples * 1000) / input.sampleRateHz;
}

/** What was measured of a recording, one number a frame; 24 bytes a frame in all. */
export interface MelodyFrames {
  readonly count: number;
  /** Pitch of a single voice, MIDI semitones. */
  readonly pitch: Float32Array;
  /** P(voiced and that pitch is right), 0…1. */
  readonly voiced: Float32Array;
  /** How well that pitch explains the frame, about 0…1. */
  readonly salience: Float32Array;
  /** Pitch of the loudest line of a mix, MIDI semitones. */
  readonly linePitch: Float32Array;
  /** Its strength, 0…1 within its block. */
  readonly lineStrength: Float32Array;
  /** dB; digital silence has -90. */
  readonly level: Float32Array;
}

/** Puts the blocks of a recording together. */
export interface FrameJoiner {
  /**
   * Blocks in order of their starts. Where one overlaps those before it, these count up to the middle of the overlap.
   * @param startFrame first frame of the block in the recording
   * @param rows float32 [frames × 6] as the graph gives them; null for digital silence
   * @param frames of the block that belong to the recording
   */
  add(startFrame: number, rows: Float32Array | null, frames: number): void;
  result(): MelodyFrames;
}

const SILENT_LEVEL = -90;
const FIRST_ROOM = 640;

function grown(columns: readonly Float32Array[], room: number): Float32Array[] {
  return columns.map((column) => {
    const larger = new Float32Array(room);
    larger.set(column);
    return larger;
  });
}

export function createFrameJoiner(): FrameJoiner {
  let columns: Float32Array[] = Array.from({ length: FRAME_CHANNEL_COUNT }, () => new Float32Array(FIRST_ROOM));
  let count = 0;

  return {
    add: (startFrame, rows, frames) => {
      const end = startFrame + frames;
      const room = columns[0]?.length ?? 0;
      if (end > room) columns = grown(columns, Math.max(end, room * 2));
      const from = startFrame < count ? Math.floor((startFrame + count) / 2) : startFrame;
      for (const [channel, column] of columns.entries())
        for (let frame = from; frame < end; frame++) {
          const silent = channel === FRAME_CHANNELS.level ? SILENT_LEVEL : 0;
          column[frame] = rows?.[(frame - startFrame) * FRAME_CHANNEL_COUNT + channel] ?? silent;
        }
      count = Math.max(count, end);
    },
    result: () => {
      const column = (channel: number): Float32Array => columns[channel]?.subarray(0, count) ?? new Float32Array(0);
      const { pitch, voiced, salience, linePitch, lineStrength, level } = FRAME_CHANNELS;
      return {
        count,
        pitch: column(pitch),
        voiced: column(voiced),
        salience: column(salience),
        linePitch: column(linePitch),
        lineStrength: column(lineStrength),
        level: column(level),
      };
    },
  };
}
