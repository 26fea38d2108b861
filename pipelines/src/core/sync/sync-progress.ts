// SPDX-License-Identifier: Apache-2.0
import type { Reporter } from '../../ports/reporter.ts';
import type { Tally } from './tally.ts';

/** `1 h 5 min`, `3 min`, `12 s`. */
export function describeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

interface State {
  readonly done: number;
  readonly planned: number;
  readonly audioSeconds: number;
  readonly rate: number;
  readonly etaSeconds: number | undefined;
}

/** Audio seconds left are guessed from the bytes left: recordings of one collection are coded alike. */
function measure(tallies: readonly Tally[], elapsedSeconds: number): State {
  const sum = (pick: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + pick(tally), 0);
  const audioSeconds = sum((tally) => tally.audioSeconds);
  const doneBytes = sum((tally) => tally.doneBytes);
  const leftBytes = sum((tally) => tally.plannedBytes) - doneBytes;
  const rate = elapsedSeconds > 0 ? audioSeconds / elapsedSeconds : 0;
  const isKnown = rate > 0 && doneBytes > 0;
  const etaSeconds = isKnown ? ((audioSeconds / doneBytes) * leftBytes) / rate : undefined;
  return { done: sum((tally) => tally.done), planned: sum((tally) => tally.planned), audioSeconds, rate, etaSeconds };
}

const EVENT_EVERY_MS = 2000;

/** Draws the bar and, every two seconds, tells scripts how far the run is. */
export function createSyncProgress(reporter: Reporter, tallies: readonly Tally[]): { update(): void } {
  const startedAt = performance.now();
  let toldAt = startedAt;
  return {
    update: () => {
      const now = performance.now();
      const state = measure(tallies, (now - startedAt) / 1000);
      if (state.planned === 0) return;
      const eta = state.etaSeconds === undefined ? '' : `, ETA ${describeSeconds(state.etaSeconds)}`;
      const note = `${Math.round(state.rate)} audio-s/s${eta}`;
      reporter.progress({ done: state.done, total: state.planned, unit: 'recordings', note });
      if (now - toldAt < EVENT_EVERY_MS) return;
      toldAt = now;
      reporter.event({
        event: 'progress',
        done: state.done,
        planned: state.planned,
        audio_seconds: Math.round(state.audioSeconds),
        audio_seconds_per_second: Math.round(state.rate * 10) / 10,
        eta_seconds: state.etaSeconds === undefined ? null : Math.round(state.etaSeconds),
      });
    },
  };
}
