#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/**
 * What constants fitted to a collection bring: three collections stand in for an operator's, each cut into three parts;
 * fitted to one, judged on the two others, in turn.
 */
import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readShippedConstants } from '../src/build/spaces/spectral/shipped-constants.ts';
import type { Recording } from '../src/fit/spectral/clips.ts';
import { defaultWeight } from '../src/fit/spectral/default-weight.ts';
import { fitConstants } from '../src/fit/spectral/fit-constants.ts';
import { readGeneratedSet } from '../src/fit/spectral/generated-set.ts';
import { type Comparison, judgeConstants } from '../src/fit/spectral/judge-constants.ts';
import { SHARED_DATA } from './support/esc10-clips.ts';
import { createRecordingMeter } from './support/measure-recording.ts';

interface Clip {
  readonly path: string;
  readonly label: string;
  /** 0, 1 or 2; recordings of one source or singer are never in two. */
  readonly part: number;
}

const relative = (folder: string, pattern: string): string[] => globSync(pattern, { cwd: folder }).sort();

const COLLECTIONS: Readonly<Record<string, () => Clip[]>> = {
  'everyday sounds (ESC-10)': () => {
    const folder = join(SHARED_DATA, 'esc-10');
    return relative(folder, '*/*.ogg').map((path) => ({
      path: join(folder, path),
      label: dirname(path),
      part: Number(basename(path).charAt(0)) - 1,
    }));
  },
  'hums (qbsh-dev), label = person': () => {
    const folder = join(SHARED_DATA, 'qbsh-dev', 'hums');
    const paths = relative(folder, '*/*.wav');
    const people = [...new Set(paths.map(dirname))];
    return paths.map((path) => ({
      path: join(folder, path),
      label: dirname(path),
      part: people.indexOf(dirname(path)) % 3,
    }));
  },
};

const { values } = parseArgs({ options: { weights: { type: 'string', default: 'default,0.25,0.5,0.75,1' } } });

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

function cells(comparisons: readonly (Comparison | undefined)[]): string {
  const known = comparisons.filter((comparison) => comparison !== undefined);
  const mean = (of: (comparison: Comparison) => number): number =>
    known.reduce((sum, comparison) => sum + of(comparison), 0) / known.length;
  const differences = known.map(
    ({ difference: { mean: middle, low, high } }) => `${signed(middle)} (${signed(low)} … ${signed(high)})`,
  );
  return [
    `${mean(({ first }) => first.before).toFixed(3)} → ${mean(({ first }) => first.after).toFixed(3)}`,
    `${mean(({ map }) => map.before).toFixed(3)} → ${mean(({ map }) => map.after).toFixed(3)}`,
    differences.join('; '),
  ].join(' | ');
}

async function measureAll(clips: readonly Clip[]): Promise<Recording[]> {
  const measure = await createRecordingMeter();
  const recordings: Recording[] = [];
  for (const [i, { path, label }] of clips.entries()) {
    recordings.push(await measure(path, label));
    if (i % 20 === 0) process.stderr.write(`\r${i}/${clips.length} recordings`);
  }
  process.stderr.write('\n');
  return recordings;
}

const generated = readGeneratedSet();
const before = readShippedConstants();
for (const [name, list] of Object.entries(COLLECTIONS)) {
  const clips = list().filter(({ path }) => existsSync(path));
  if (clips.length === 0) {
    console.log(`${name}: skipped, the recordings are not there (EARSHOT_SHARED_DATA)`);
    continue;
  }
  const recordings = await measureAll(clips);
  console.log(`\n${name}: ${clips.length} recordings; fitted to a third, judged on the rest, three times.\n`);
  console.log(
    '| own weight | asked for | first answer right | mAP | difference in mAP (95 % interval) of each third |',
  );
  console.log('|---|---|---|---|---|');
  for (const weight of values.weights.split(',')) {
    const judgements = [0, 1, 2].map((part) => {
      const of = (isFitted: boolean): Recording[] =>
        recordings.filter((_recording, i) => (clips[i]?.part === part) === isFitted);
      const own = of(true);
      const share = weight === 'default' ? defaultWeight(own.length) : Number(weight);
      const after = fitConstants(generated, { recordings: own, weight: share });
      return judgeConstants(of(false), { before, after });
    });
    console.log(`| ${weight} | label | ${cells(judgements.map(({ sameLabel }) => sameLabel))} |`);
    console.log(`| ${weight} | other excerpt | ${cells(judgements.map(({ sameRecording }) => sameRecording))} |`);
  }
}
