// SPDX-License-Identifier: Apache-2.0
import type { Entry } from '../../../ports/object-store.ts';
import type { StoredDocument } from '../../../ports/sync-index.ts';
import { EarshotError } from '../../earshot-error.ts';
import { emptyCheck, type Finding, type SpaceCheck } from './finding.ts';
import { Reservoir } from './reservoir.ts';

/** A recording whose document seems right, chosen to be embedded again. */
export interface Sampled {
  readonly entry: Entry;
  readonly stored: StoredDocument;
}

interface Options {
  readonly spaces: readonly string[];
  readonly sampleSize: number;
  readonly seed: number;
  readonly onFinding: (finding: Finding) => void;
}

/** Keys that a repair embeds again although they look unchanged. */
const MOST_TO_EMBED = 100_000;
const MOST_KEPT = 20;
/** What a run would not see by itself. */
const HIDDEN: ReadonlySet<string> = new Set(['odd', 'vectorless', 'content', 'drift']);

/** What verifying has found so far: counts of everything, the first findings, a sample. */
export class Verification {
  readonly seed: number;
  readonly checks: readonly SpaceCheck[];
  readonly first: Finding[] = [];
  readonly toEmbed = new Set<string>();
  private readonly oddIds = new Map<string, string[]>();
  private readonly samples: ReadonlyMap<string, Reservoir<Sampled>>;
  private readonly onFinding: (finding: Finding) => void;

  constructor({ spaces, sampleSize, seed, onFinding }: Options) {
    this.seed = seed;
    this.checks = spaces.map(emptyCheck);
    this.samples = new Map(spaces.map((space) => [space, new Reservoir(sampleSize, seed)]));
    this.onFinding = onFinding;
  }

  checkOf(space: string): SpaceCheck {
    const check = this.checks.find((one) => one.space === space);
    if (!check) throw new EarshotError('INTERNAL', `${space} is not being verified`);
    return check;
  }

  tell(finding: Finding): void {
    this.checkOf(finding.space).findings[finding.kind]++;
    if (this.first.length < MOST_KEPT) this.first.push(finding);
    if (HIDDEN.has(finding.kind) && this.toEmbed.size < MOST_TO_EMBED) this.toEmbed.add(finding.key);
    if (finding.kind === 'odd') this.keepOddId(finding);
    this.onFinding(finding);
  }

  /** Documents under ids that are not their keys', the first hundred thousand. */
  oddIdsOf(space: string): readonly string[] {
    return this.oddIds.get(space) ?? [];
  }

  offer(space: string, sampled: Sampled): void {
    this.samples.get(space)?.offer(sampled);
  }

  sampleOf(space: string): readonly Sampled[] {
    return this.samples.get(space)?.sample ?? [];
  }

  private keepOddId({ space, id }: Finding): void {
    const ids = this.oddIds.get(space) ?? [];
    this.oddIds.set(space, ids);
    if (ids.length < MOST_TO_EMBED) ids.push(id);
  }

  get total(): number {
    return this.checks.flatMap(({ findings }) => Object.values(findings)).reduce((sum, count) => sum + count, 0);
  }
}
