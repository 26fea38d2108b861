// SPDX-License-Identifier: Apache-2.0
import { type DeleteSettings, type DeleteVerdict, guardDeletes } from './delete-guard.ts';

interface Asked {
  /** Documents of the source now. */
  readonly stored: number;
  /** Those that would go. */
  readonly gone: number;
  readonly now: number;
}

const HOUR_MS = 3_600_000;

/** The guards of a whole run, over a sliding hour of events: many small deletes are a large one. */
export class DeleteWindow {
  private readonly deletes: { readonly at: number; readonly count: number }[] = [];

  judge({ stored, gone, now }: Asked, settings: DeleteSettings): DeleteVerdict {
    while (this.deletes[0] && now - this.deletes[0].at >= HOUR_MS) this.deletes.shift();
    const before = this.deletes.reduce((sum, { count }) => sum + count, 0);
    const end = { type: 'end' as const, complete: true, sorted: true, pages: 0, count: stored - gone };
    return guardDeletes({ end, stored: stored + before, gone: gone + before }, settings);
  }

  note(count: number, now: number): void {
    this.deletes.push({ at: now, count });
  }
}
