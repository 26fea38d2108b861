// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { spectralCard, spectralId } from '../../build/spaces/spectral/card.ts';
import { serialiseConstants } from '../../build/spaces/spectral/constants-file.ts';
import type { SpectralConstants } from '../../build/spaces/spectral/parameters.ts';
import { readShippedConstants } from '../../build/spaces/spectral/shipped-constants.ts';
import type { Card } from '../../card.ts';
import { fingerprintOf } from '../../registry.ts';
import { FitError } from '../fit-error.ts';
import { chooseVersion } from './choose-version.ts';
import type { Recording } from './clips.ts';
import { defaultWeight } from './default-weight.ts';
import { fitConstants } from './fit-constants.ts';
import { type FitReport, makeReport } from './fit-report.ts';
import { readGeneratedSet } from './generated-set.ts';
import { judgeConstants } from './judge-constants.ts';
import { encodeGraph, publishFit } from './publish-fit.ts';
import { readClips } from './read-clips.ts';
import { reportText } from './report-text.ts';

export interface FitOptions {
  /** Folder with what was measured. */
  readonly clipsDir: string;
  readonly modelsDir: string;
  /** Name of the collection. */
  readonly library: string;
  readonly seed: number;
  /** Share of the collection in the constants, 0…1; without it the more, the more recordings there are. */
  readonly weight?: number;
  /** In the space id; without it the next free one. */
  readonly version?: number;
  readonly isDryRun: boolean;
  /** Told what is being done, for people. */
  readonly onStep: (text: string) => void;
}

export interface FittedSpace {
  readonly card: Card;
  readonly fingerprint: string;
  /** False when these very constants were fitted before. */
  readonly isNew: boolean;
  readonly isWritten: boolean;
  readonly report: FitReport;
  /** The report in Markdown. */
  readonly text: string;
  /** Where it lies, Markdown and JSON. */
  readonly files: readonly string[];
}

/** A third of them judges, and fewer judges than ten say nothing. */
const LEAST_RECORDINGS = 30;
/** One of so many recordings judges, and is not fitted on. */
const JUDGE_EVERY = 3;

interface Split {
  readonly fitted: readonly Recording[];
  readonly judged: readonly Recording[];
}

/** The command line draws recordings in random order, so every third is a fair sample. */
function split(recordings: readonly Recording[]): Split {
  if (recordings.length < LEAST_RECORDINGS)
    throw new FitError(
      'FIT_TOO_FEW_RECORDINGS',
      `${recordings.length} usable recordings are too few: a fit needs ${LEAST_RECORDINGS}, a third of which judges it`,
    );
  const isJudged = (_recording: Recording, i: number): boolean => i % JUDGE_EVERY === JUDGE_EVERY - 1;
  return {
    fitted: recordings.filter((recording, i) => !isJudged(recording, i)),
    judged: recordings.filter(isJudged),
  };
}

function makeCard(
  constants: SpectralConstants,
  { library, seed }: FitOptions,
  { version, fitted, weight }: { readonly version: number; readonly fitted: readonly Recording[]; weight: number },
): Card {
  const clips = fitted.reduce((sum, recording) => sum + recording.clips.length, 0);
  return spectralCard({
    version,
    title: `Timbre (spectral, fitted to ${library})`,
    description: `Timbre and texture as in spectral-1, with constants fitted to ${fitted.length} recordings of ${library} and to generated audio.`,
    licence: {
      spdx: 'NOASSERTION',
      attribution: `constants fitted by the owner of ${library}; graph by Earshot (Apache-2.0)`,
      source: 'earshot models fit spectral',
    },
    fit: {
      library,
      recordings: fitted.length,
      clips,
      weight,
      seed,
      date: new Date().toISOString(),
      constants: createHash('sha256').update(serialiseConstants(constants)).digest('hex'),
    },
    constants,
    graphSha256: createHash('sha256')
      .update(encodeGraph(spectralId(version), constants))
      .digest('hex'),
  });
}

/**
 * Fits a new version of `spectral` to a collection and judges it on recordings that it was not fitted on.
 * @throws FitError
 */
export async function fitSpace(options: FitOptions): Promise<FittedSpace> {
  const { onStep, modelsDir, isDryRun } = options;
  const recordings = readClips(options.clipsDir);
  const { fitted, judged } = split(recordings);
  const weight = options.weight ?? defaultWeight(fitted.length);
  onStep(`fitting to ${fitted.length} recordings and the generated set`);
  const constants = fitConstants(readGeneratedSet(), { recordings: fitted, weight });
  onStep(`judging with ${judged.length} other recordings`);
  const judgement = judgeConstants(judged, { before: readShippedConstants(), after: constants });
  const choice = await chooseVersion(options, (version) => makeCard(constants, options, { version, fitted, weight }));
  const { card, isNew } = choice;
  const report = makeReport(card, judgement, judged);
  const text = reportText(report);
  const isWritten = isNew && !isDryRun;
  const files = isWritten ? await publishFit({ card, constants, modelsDir, report, text }) : [];
  return { card, fingerprint: fingerprintOf(card), isNew, isWritten, report, text, files };
}
