// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { createHttpEmbedder } from '../../adapters/http-embedder.ts';
import { createRecordingSpool } from '../../adapters/recording-spool.ts';
import { startTemporaryInference } from '../../adapters/temporary-inference.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { type CollectedClips, collectClips } from '../../core/fit/collect-clips.ts';
import { sampleRecordings } from '../../core/fit/sample-recordings.ts';
import type { RunEvent } from '../../ports/reporter.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { chooseCollection, type FitCollection } from '../fit/choose-collection.ts';
import { describeFit, type FittedEvent } from '../fit/describe-fit.ts';
import { addFitOptions, type FitFlags } from '../fit/fit-options.ts';
import { openFitSources } from '../fit/open-fit-sources.ts';
import { writeClips } from '../fit/write-clips.ts';
import { runModelsProgram } from '../models-program.ts';
import { bind } from '../run-action.ts';

const PROGRAM = '@earshot/models/fit';
/** Few recordings with many clips say less about a collection than many with few. */
const CLIPS_PER_RECORDING = 4;
/** Recordings that are drawn beyond those needed, for silent, broken and double ones. */
const SPARE_SHARE = 1.5;

interface Job {
  readonly context: CommandContext;
  readonly flags: FitFlags;
  readonly collection: FitCollection;
  /** Temporary; everything half-made lies here. */
  readonly folder: string;
}

interface StatisticsSpace extends RunEvent {
  readonly event: 'statistics-space';
  readonly space: string;
}

/** Draws recordings, decodes and measures them in an inference service that runs for this command alone. */
async function collect({ context, flags, collection, folder }: Job): Promise<CollectedClips> {
  const { config, reporter, signal } = context;
  const onStep = (): void => undefined;
  const { space } = await runModelsProgram<StatisticsSpace>({
    program: PROGRAM,
    ends: 'statistics-space',
    args: ['statistics-space', '--dir', folder],
    signal,
    onStep,
  });
  const service = await startTemporaryInference({ modelsDir: folder, env: process.env, signal });
  try {
    const embedder = createHttpEmbedder({ url: service.url, timeoutMs: config.inferenceTimeout * 1000 });
    const { limits } = await embedder.info();
    const sources = await openFitSources(collection, {
      config,
      labelField: flags.labelField,
      maxBytes: limits.max_upload_bytes,
      onUnusableSidecar: (key, reason) =>
        reporter.warn(`The sidecar ${key} ${reason}; the recording has the labels of its path`),
    });
    const { recordings, listed, incomplete } = await sampleRecordings(sources, {
      size: Math.ceil(flags.clips * SPARE_SHARE),
      seed: flags.seed,
      signal,
      onListed: (done) => reporter.progress({ done, total: 0, unit: 'recordings listed' }),
    });
    for (const reason of incomplete) reporter.warn(`The listing is incomplete, what it gave is used: ${reason}`);
    reporter.event({ event: 'sampled', library: collection.name, listed, drawn: recordings.length });
    reporter.line(`${listed} recordings in ${collection.name}; measuring up to ${flags.clips} clips`);
    return await collectClips(recordings, {
      embedder,
      space,
      clips: flags.clips,
      clipsPerRecording: CLIPS_PER_RECORDING,
      seed: flags.seed,
      concurrency: limits.max_concurrent_decodes,
      signal,
      onRecording: ({ clips, recordings: taken }) =>
        reporter.progress({
          done: Math.min(clips, flags.clips),
          total: flags.clips,
          unit: 'clips',
          note: `of ${taken.length} recordings`,
        }),
      onUnreadable: (recording) => {
        reporter.warn(`${recording.key}: ${recording.code} ${recording.message}`);
        reporter.event({ event: 'unreadable', ...recording });
      },
    });
  } finally {
    await service.stop();
  }
}

/** Says why there is so little. */
function explainTooFew(error: EarshotError, { unreadable, silent, copies }: CollectedClips): EarshotError {
  const others = [
    [unreadable.length, 'could not be read'],
    [silent, 'silent'],
    [copies, 'copies of another'],
  ].flatMap(([count, what]) => (count ? [`${count} ${what}`] : []));
  const rest = others.length > 0 ? ` (besides ${others.join(', ')})` : '';
  return new EarshotError(error.code, `${error.message}${rest}`);
}

async function fit(job: Job, clips: CollectedClips): Promise<FittedEvent> {
  const { context, flags, collection, folder } = job;
  const { config, reporter, signal } = context;
  writeClips(folder, clips.recordings);
  try {
    return await runModelsProgram<FittedEvent>({
      program: PROGRAM,
      ends: 'fitted',
      args: [
        'spectral',
        ...['--clips', folder, '--models-dir', config.modelsDir, '--library', collection.name],
        ...['--seed', String(flags.seed)],
        ...(flags.weight === undefined ? [] : ['--weight', String(flags.weight)]),
        ...(flags.asVersion === undefined ? [] : ['--version', String(flags.asVersion)]),
        ...(flags.dryRun ? ['--dry-run'] : []),
      ],
      signal,
      onStep: (step) => {
        reporter.line(step.text);
        reporter.event(step);
      },
    });
  } catch (error) {
    const isTooFew = error instanceof EarshotError && error.code === 'FIT_TOO_FEW_RECORDINGS';
    throw isTooFew ? explainTooFew(error, clips) : error;
  }
}

const fitSpectral: Action = async (context, _args, options) => {
  const flags = options as unknown as FitFlags;
  const collection = chooseCollection(options, context.loaded);
  const spool = createRecordingSpool();
  const folder = await spool.make();
  const job = { context, flags, collection, folder };
  try {
    const clips = await collect(job);
    const fitted = await fit(job, clips);
    const { unreadable, silent, copies } = clips;
    const result = { ...fitted, unreadable, silent, copies };
    context.reporter.result(result, describeFit(result));
    return unreadable.length > 0 ? EXIT.itemsFailed : EXIT.done;
  } finally {
    await spool.remove(folder);
  }
};

export function registerModelsFit(models: Command): void {
  const fits = models.command('fit').description('learn constants of a space from your own recordings');
  const spectral = fits.command('spectral').description('a new version of spectral, fitted to a library or a folder');
  bind(addFitOptions(spectral), fitSpectral);
}
