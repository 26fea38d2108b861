// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import type { QuantiseReport } from '@earshot/models/quantise-report';
import type { Command } from 'commander';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { RunEvent } from '../../ports/reporter.ts';
import type { Action } from '../command-context.ts';
import { runModelsProgram } from '../models-program.ts';
import { bind } from '../run-action.ts';

type Labels = NonNullable<QuantiseReport['judged']['labels']>;

interface QuantisedEvent extends RunEvent {
  readonly event: 'quantised';
  readonly space: string;
  /** False when it was there already, or is not stored. */
  readonly isNew: boolean;
  /** null when the judgement speaks against the space. */
  readonly fingerprint: string | null;
  readonly seconds: number;
  readonly report: QuantiseReport;
}

const SHOWN_SKIPPED = 10;
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function describeLabels({ count, fp32, int8, change }: Labels): string {
  const line = (of: keyof Labels['fp32']): string =>
    `${fp32[of].toFixed(4)} → ${int8[of].toFixed(4)} (${signed(change[of])})`;
  return `${count} folders: kNN-1 ${line('knn1')}, mAP ${line('map')}`;
}

function describeSkipped(skipped: QuantiseReport['skipped']): string[] {
  if (skipped.length === 0) return [];
  const shown = skipped.slice(0, SHOWN_SKIPPED).map(({ name, code }) => `           ${name}: ${code}`);
  const more = skipped.length > SHOWN_SKIPPED ? [`           and ${skipped.length - SHOWN_SKIPPED} more`] : [];
  return [`skipped    ${skipped.length}`, ...shown, ...more];
}

function describeReport({ from, weightBits, layers, calibration, judged, bytes, skipped }: QuantiseReport): string {
  const { cosine, recallAt10, labels, speed } = judged;
  const rows = [
    `from       ${from}: ${layers} layers with ${weightBits}-bit weights; the front-end stays as it is`,
    `calibrated ${calibration.recordings} recordings, ${calibration.windows} windows`,
    `judged     ${judged.recordings} other recordings, ${judged.windows} windows`,
    ...(cosine
      ? [`cosine     mean ${cosine.mean.toFixed(4)}, p5 ${cosine.p5.toFixed(4)}, min ${cosine.min.toFixed(4)}`]
      : []),
    ...(recallAt10 === null ? [] : [`recall@10  ${recallAt10.toFixed(4)} of the neighbours in ${from}`]),
    ...(labels ? [`labels     ${describeLabels(labels)}`] : []),
    ...(speed
      ? [
          `speed      ${speed.timesFp32.toFixed(2)} × fp32 (${speed.fp32Ms.toFixed(1)} → ${speed.int8Ms.toFixed(1)} ms a window, ${speed.threads} threads)`,
        ]
      : []),
    `size       ${megabytes(bytes.fp32)} → ${megabytes(bytes.int8)}`,
    ...describeSkipped(skipped),
  ];
  return rows.join('\n');
}

function describe({ space, isNew, fingerprint, seconds, report }: QuantisedEvent): string {
  const state = isNew ? `made in ${seconds} s` : 'was here already, nothing changed';
  return [
    `${space}  ${state}; fingerprint ${fingerprint}`,
    describeReport(report),
    `next       EARSHOT_SPACE=${space}; restart the inference service or load the space there, then earshot apply and earshot sync run`,
  ].join('\n');
}

function weightBitsOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (value === '7' || value === '8') return ['--weight-bits', value];
  throw new EarshotError('USAGE', `--weight-bits ${value} is neither 7 nor 8`);
}

const quantise: Action = async ({ config, reporter, signal }, [id = ''], options) => {
  const made = await runModelsProgram<QuantisedEvent>({
    program: '@earshot/models/quantise',
    ends: 'quantised',
    args: [
      id,
      ...['--models-dir', config.modelsDir, '--calibration', String(options.calibration)],
      ...['--window-program', fileURLToPath(import.meta.resolve('@earshot/inference-service/windows'))],
      ...weightBitsOf(options.weightBits),
      ...(options.labelsFrom === 'none' ? ['--no-labels'] : []),
      ...(options.acceptLoss === true ? ['--accept-loss'] : []),
    ],
    signal,
    onStep: (step) => {
      reporter.line(step.text);
      reporter.event(step);
    },
  });
  if (made.fingerprint !== null) {
    reporter.result(made, describe(made));
    return EXIT.done;
  }
  reporter.event(made);
  reporter.line(describeReport(made.report));
  const objections = made.report.judged.objections.join('; ');
  throw new EarshotError('QUANTISED_TOO_DIFFERENT', `${id} in 8 bits is not stored: ${objections}`);
};

export function registerModelsQuantise(models: Command): void {
  const command = models
    .command('quantise')
    .description('make a faster 8-bit version of a space, calibrated on recordings of yours')
    .argument('<id>', 'space with 32-bit weights')
    .requiredOption('--calibration <dir>', 'folder of recordings like those of your collection, 45 or more')
    .addOption(
      models
        .createOption('--labels-from <what>', 'what a recording is labelled by in the report')
        .choices(['folders', 'none'])
        .default('folders'),
    )
    .option('--weight-bits <7|8>', '7 for processors without VNNI; as this processor needs by default')
    .option('--accept-loss', 'store the space even if it finds other neighbours than the original');
  bind(command, quantise);
}
