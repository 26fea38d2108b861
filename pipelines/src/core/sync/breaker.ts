// SPDX-License-Identifier: Apache-2.0
import type { SyncStage } from '../../ports/dead-letters.ts';
import { EarshotError } from '../earshot-error.ts';
import type { ErrorCode } from '../error-kinds.ts';

const MOST_IN_A_ROW = 10;
const WINDOW = 100;
const MOST_IN_WINDOW = 15;
const MOST_IN_ALL = 1000;

const BY_STAGE: Readonly<Partial<Record<SyncStage, readonly [code: ErrorCode, what: string]>>> = {
  get: ['SOURCE_UNAVAILABLE', 'The object store'],
  index: ['ELASTICSEARCH_UNAVAILABLE', 'Elasticsearch'],
};
const OTHERWISE = ['INFERENCE_UNAVAILABLE', 'The inference service'] as const;

/**
 * Ends a run that fails for want of a service: after ten temporary failures in a row, more than fifteen among the last
 * hundred recordings, or a thousand in all. What is wrong with a recording itself never counts.
 */
export class Breaker {
  /** Of the last recordings, whether each failed so. */
  private readonly last: boolean[] = [];
  private inARow = 0;
  private inAll = 0;

  /** A recording was dealt with, well or not, by services that were there. */
  settled(): void {
    this.inARow = 0;
    this.keep(false);
  }

  /** @throws EarshotError …_UNAVAILABLE when it is enough */
  failed(stage: SyncStage): void {
    this.inARow++;
    this.inAll++;
    this.keep(true);
    const inWindow = this.last.filter(Boolean).length;
    const [code, what] = BY_STAGE[stage] ?? OTHERWISE;
    const stop = (how: string): EarshotError =>
      new EarshotError(code, `${what} failed ${how}; the next run tries these recordings again`);
    if (this.inARow >= MOST_IN_A_ROW) throw stop(`${MOST_IN_A_ROW} times in a row`);
    if (inWindow > MOST_IN_WINDOW) throw stop(`for ${inWindow} of the last ${WINDOW} recordings`);
    if (this.inAll >= MOST_IN_ALL) throw stop(`${MOST_IN_ALL} times`);
  }

  private keep(isFailure: boolean): void {
    this.last.push(isFailure);
    if (this.last.length > WINDOW) this.last.shift();
  }
}
