// SPDX-License-Identifier: Apache-2.0
import type { EmbedRequest } from '../../ports/embedder.ts';
import type { Entry } from '../../ports/object-store.ts';
import type { Recording } from '../../ports/recording-reader.ts';
import { type StageObserver, SyncMeter } from './sync-meter.ts';
import type { SyncRun } from './sync-run.ts';

/** The same run, its fetching and embedding counted and timed. */
export function meterRun(run: SyncRun, observe?: StageObserver): SyncRun & { readonly meter: SyncMeter } {
  const meter = new SyncMeter(observe);

  async function readRecording(entry: Entry, signal: AbortSignal): Promise<Recording> {
    const began = performance.now();
    const recording = await run.readRecording(entry, signal);
    meter.ended('get', began);
    const leave = meter.enter(recording.length);
    return {
      sha256: recording.sha256,
      length: recording.length,
      mediaType: recording.mediaType,
      open: () => recording.open(),
      tags: () => recording.tags(),
      dispose: () => recording.dispose().finally(leave),
    };
  }

  async function embed(request: EmbedRequest) {
    const began = performance.now();
    const outcome = await run.embedder.embed(request);
    meter.ended('embed', began);
    meter.retried('embed', outcome.attempts - 1);
    return outcome;
  }

  return { ...run, meter, readRecording, embedder: { ...run.embedder, embed } };
}
