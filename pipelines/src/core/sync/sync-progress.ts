// SPDX-License-Identifier: Apache-2.0
import type { Reporter } from '../../ports/reporter.ts';
import type { Retries, SyncMeter } from './sync-meter.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

/** `1 h 5 min`, `3 min`, `12 s`. */
export function describeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `512 B`, `1.4 MB`. */
export function describeBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** How far a run is; also a `progress` event and the live part of a run document. */
export interface ProgressFacts {
  /** Recordings that need work, and those dealt with; a recording counts once for each space. */
  readonly planned: number;
  readonly done: number;
  /** The listing goes on: `planned` still grows. */
  readonly listing: boolean;
  readonly failed: number;
  readonly audio_seconds: number;
  /** Of the last minute. */
  readonly audio_seconds_per_second: number;
  readonly eta_seconds: number | null;
  readonly bytes: number;
  readonly in_flight: { readonly objects: number; readonly bytes: number };
  readonly retries: Retries;
}

/** Rate over a sliding window. */
class RateWindow {
  private readonly samples: { readonly at: number; readonly total: number }[] = [{ at: performance.now(), total: 0 }];

  perSecond(total: number): number {
    const now = performance.now();
    const last = this.samples.at(-1);
    if (!last || now - last.at >= 1000) this.samples.push({ at: now, total });
    while (this.samples.length > 61) this.samples.shift();
    const [first] = this.samples;
    return first && now > first.at ? (total - first.total) / ((now - first.at) / 1000) : 0;
  }
}

type Progressing = Pick<SyncRun, 'targets'> & { readonly meter?: SyncMeter };

const sumOf = (targets: readonly SyncTarget[], pick: (target: SyncTarget) => number): number =>
  targets.reduce((total, target) => total + pick(target), 0);

/** Audio seconds left are guessed from the bytes left: recordings of one collection are coded alike. */
function measure({ targets, meter }: Progressing, window: RateWindow, listing: boolean): ProgressFacts {
  const audioSeconds = sumOf(targets, ({ tally }) => tally.audioSeconds);
  const bytes = sumOf(targets, ({ tally }) => tally.doneBytes);
  const leftBytes = sumOf(targets, ({ tally }) => tally.plannedBytes) - bytes;
  const rate = window.perSecond(audioSeconds);
  const isKnown = rate > 0 && bytes > 0;
  return {
    planned: sumOf(targets, ({ tally }) => tally.planned),
    done: sumOf(targets, ({ tally }) => tally.done),
    listing,
    failed: sumOf(targets, ({ tally }) => tally.counts().failed),
    audio_seconds: Math.round(audioSeconds),
    audio_seconds_per_second: Math.round(rate * 10) / 10,
    eta_seconds: isKnown ? Math.round(((audioSeconds / bytes) * leftBytes) / rate) : null,
    bytes,
    in_flight: { objects: meter?.objectsInFlight ?? 0, bytes: meter?.bytesInFlight ?? 0 },
    retries: {
      ...(meter?.retries ?? { get: 0, embed: 0 }),
      bulk: sumOf(targets, ({ index }) => index.writer.counts().retries),
    },
  };
}

/** What stands behind the bar: `120 audio-s/s, ETA 4 min, 8 in flight (12.0 MB), 3 retries, 1 failed`. */
export function describeProgress(facts: ProgressFacts): string {
  const { in_flight: flying, retries, failed, eta_seconds: eta } = facts;
  const again = retries.get + retries.embed + retries.bulk;
  const parts = [
    `${Math.round(facts.audio_seconds_per_second)} audio-s/s`,
    ...(eta === null ? [] : [`ETA ${facts.listing ? 'at least ' : ''}${describeSeconds(eta)}`]),
    ...(flying.objects > 0 ? [`${flying.objects} in flight (${describeBytes(flying.bytes)})`] : []),
    ...(again > 0 ? [`${again} ${again === 1 ? 'retry' : 'retries'}`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return parts.join(', ');
}

const EVENT_EVERY_MS = 2000;

interface Options {
  readonly run: Progressing & { readonly id: string; readonly reporter: Reporter };
  readonly isListing: () => boolean;
  readonly onFacts?: ((facts: ProgressFacts) => void) | undefined;
}

/** Draws the bar and, every two seconds, tells scripts how far the run is. */
export function createSyncProgress({ run, isListing, onFacts }: Options): { update(): void } {
  const window = new RateWindow();
  let toldAt = performance.now();
  return {
    update: () => {
      const facts = measure(run, window, isListing());
      onFacts?.(facts);
      if (facts.planned === 0) return;
      const { done, planned: total } = facts;
      run.reporter.progress({ done, total, unit: 'recordings', note: describeProgress(facts) });
      const now = performance.now();
      if (now - toldAt < EVENT_EVERY_MS) return;
      toldAt = now;
      run.reporter.event({ event: 'progress', run: run.id, ...facts });
    },
  };
}
