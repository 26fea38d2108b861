// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { spectralCard } from '../../build/spaces/spectral/card.ts';
import { readShippedConstants } from '../../build/spaces/spectral/shipped-constants.ts';
import { makeReport } from './fit-report.ts';
import type { Comparison, Judgement } from './judge-constants.ts';
import { reportText } from './report-text.ts';

const card = spectralCard({
  version: 2,
  title: 'Fitted',
  description: 'for tests',
  licence: { spdx: 'NOASSERTION', attribution: 'me', source: 'here' },
  fit: {
    library: 'birds',
    recordings: 40,
    clips: 120,
    weight: 0.25,
    seed: 1,
    date: '2026-01-02T03:04:05Z',
    constants: 'a'.repeat(64),
  },
  constants: readShippedConstants(),
  graphSha256: 'b'.repeat(64),
});

const comparison = (mean: number, low: number, high: number): Comparison => ({
  recordings: 20,
  first: { before: 0.5, after: 0.6 },
  map: { before: 0.4, after: 0.4 + mean },
  difference: { mean, low, high },
  chance: 0.1,
});
const UP = comparison(0.05, 0.02, 0.08);
const EVEN = comparison(0.01, -0.02, 0.03);
const DOWN = comparison(-0.05, -0.08, -0.01);
const labelled = (one: Comparison): Comparison & { readonly labels: number } => ({ ...one, labels: 4 });

const report = (judgement: Judgement) => makeReport(card, judgement, []);

describe('the verdict of a fit', () => {
  test.each<[string, Judgement, boolean]>([
    [
      'worth switching: mAP of equal labels +0.050 (+0.020 … +0.080)',
      { sameLabel: labelled(UP), sameRecording: EVEN },
      true,
    ],
    ['worth switching: mAP of excerpts of one recording +0.050', { sameRecording: UP }, true],
    ['no measurable gain: mAP of equal labels +0.010', { sameLabel: labelled(EVEN), sameRecording: UP }, false],
    ['worse: mAP of excerpts of one recording −0.050', { sameRecording: DOWN }, false],
    ['mixed: mAP of equal labels +0.050', { sameLabel: labelled(UP), sameRecording: DOWN }, false],
    ['not judged', {}, false],
  ])('says %s', (text, judgement, isWorthSwitching) => {
    const { verdict } = report(judgement);
    expect(verdict.text).toContain(text);
    expect(verdict.isWorthSwitching).toBe(isWorthSwitching);
    expect(isWorthSwitching || verdict.text.includes('keep spectral-1')).toBe(true);
  });

  test('stands first in the report, with shares of collection and generated set', () => {
    const text = reportText(report({ sameLabel: labelled(UP), sameRecording: EVEN }));
    expect(text).toMatch(/^# spectral-2 beside spectral-1\n\n\*\*Worth switching: /);
    expect(text).toContain('Fitted to 120 clips of 40 recordings of birds (25 %) and to generated sounds (75 %)');
    expect(text).toContain('| a recording with the same label (4 labels) | 20 | 0.500 → 0.600 | 0.400 → 0.450 |');
    expect(text).toContain('always mixed with the generated set');
  });
});
