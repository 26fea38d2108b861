// SPDX-License-Identifier: Apache-2.0
import type { Recording } from './choose-recordings.ts';
import type { WindowSource } from './window-source.ts';

/** A recording that cannot be used, and why. */
export interface SkippedRecording {
  readonly name: string;
  readonly code: string;
}

/** Recordings are taken from a queue: first for calibration, the rest to judge by. */
export interface RecordingQueue {
  readonly waiting: Recording[];
  readonly skipped: SkippedRecording[];
  readonly source: WindowSource;
}

export interface UsableRecording {
  readonly recording: Recording;
  readonly windows: readonly Float32Array[];
}

/** The next recording that has windows; the others are noted. */
export async function takeUsable({ waiting, skipped, source }: RecordingQueue): Promise<UsableRecording | undefined> {
  for (let recording = waiting.shift(); recording; recording = waiting.shift()) {
    const cut = await source.cut(recording.path);
    if ('code' in cut) skipped.push({ name: recording.name, code: cut.code });
    else if (cut.windows.length === 0) skipped.push({ name: recording.name, code: 'silent_audio' });
    else return { recording, windows: cut.windows };
  }
  return undefined;
}
