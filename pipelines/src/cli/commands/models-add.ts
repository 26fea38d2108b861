// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { RunEvent } from '../../ports/reporter.ts';
import type { Action } from '../command-context.ts';
import { runModelsProgram } from '../models-program.ts';
import { bind } from '../run-action.ts';

interface AddedEvent extends RunEvent {
  readonly event: 'added';
  readonly space: string;
  /** False when it was there already. */
  readonly isNew: boolean;
  readonly fingerprint: string;
  readonly seconds: number;
  readonly peakRssBytes: number;
  /** Of graphs that others made: what was measured on this machine's CPU. */
  readonly checks?: {
    readonly batchDifference: number;
    readonly windowsPerSecond: number;
    readonly timesRealTime: number;
  };
  readonly card: {
    readonly dims: number;
    readonly licence: { readonly spdx: string; readonly attribution: string; readonly source: string };
    readonly origin?: { readonly file: string; readonly sha256: string; readonly isPublished: boolean };
  };
}

function describe({ space, isNew, fingerprint, seconds, checks, card }: AddedEvent): string {
  const { dims, licence, origin } = card;
  const state = isNew ? `added in ${seconds} s` : 'was here already, nothing changed';
  return [
    `${space}  ${state}; ${dims} dims, fingerprint ${fingerprint}`,
    `source   ${origin?.file}, sha256 ${origin?.sha256}${origin?.isPublished ? ', as published' : ', NOT a published file'}`,
    `licence  ${licence.spdx}: ${licence.attribution} (${licence.source})`,
    ...(checks
      ? [
          `speed    ${checks.windowsPerSecond.toPrecision(3)} windows/s on this CPU, ${checks.timesRealTime.toPrecision(3)} × real time`,
          `batches  equal to their windows one by one (largest difference ${checks.batchDifference.toExponential(0)} of the largest value)`,
        ]
      : []),
    `next     EARSHOT_SPACE=${space}; restart the inference service or load the space there, then earshot apply and earshot sync run`,
  ].join('\n');
}

/** The longest step is the conversion of the largest networks: a minute. A graph may hold a loop without an end. */
const SILENCE_MS = 600_000;

/** What can be imported by its name, and the option that names its file. */
const MODELS: Readonly<Record<string, 'checkpoint' | 'tflite' | 'dir'>> = {
  'panns-cnn14': 'checkpoint',
  'panns-cnn10': 'checkpoint',
  'panns-cnn6': 'checkpoint',
  yamnet: 'tflite',
  'clap-htsat': 'dir',
};
const FILE_OPTIONS = ['checkpoint', 'tflite', 'dir', 'onnx', 'card'] as const;

/** The importer's arguments for what is imported; a model without a name comes with a card. */
function sourceArgs(model: string | undefined, options: Readonly<Record<string, unknown>>): string[] {
  const wanted: readonly string[] = model === undefined ? ['onnx', 'card'] : [MODELS[model] ?? ''];
  const given = FILE_OPTIONS.filter((name) => options[name] !== undefined);
  if (String(given) !== String(FILE_OPTIONS.filter((name) => wanted.includes(name))))
    throw new EarshotError(
      'USAGE',
      model === undefined
        ? 'Name a model with its file, or a graph of your own with --card FILE --onnx FILE'
        : `${model} is imported with --${wanted[0]} ${wanted[0] === 'dir' ? 'DIR' : 'FILE'}`,
    );
  if (model === undefined) return ['--card', String(options.card), '--file', String(options.onnx)];
  if (options.vector !== 'embedding' && !model.startsWith('panns-'))
    throw new EarshotError('USAGE', `${model} has no --vector ${options.vector}`);
  return [model, '--file', String(options[wanted[0] ?? '']), '--vector', String(options.vector)];
}

function versionOf(value: string): string {
  if (!/^[1-9][0-9]{0,5}$/.test(value)) throw new EarshotError('USAGE', `--as-version ${value} is no positive number`);
  return value;
}

const add: Action = async ({ config, reporter, signal }, [model], options) => {
  const args = [
    ...sourceArgs(model, options),
    ...['--models-dir', config.modelsDir],
    ...['--version', versionOf(String(options.asVersion))],
    ...(options.acceptUnverified === true ? ['--accept-unverified'] : []),
  ];
  const added = await runModelsProgram<AddedEvent>({
    program: '@earshot/models/add',
    ends: 'added',
    silenceMs: SILENCE_MS,
    args,
    signal,
    onStep: (step) => {
      reporter.line(step.text);
      reporter.event(step);
    },
  });
  reporter.result(added, describe(added));
  return EXIT.done;
};

export function registerModelsAdd(models: Command): void {
  const command = models
    .command('add')
    .description('make an embedding space from published weights, or from an ONNX graph and a card, without Python')
    .addArgument(models.createArgument('[model]', 'what the file holds').choices(Object.keys(MODELS)))
    .option('--checkpoint <file>', 'panns-…: checkpoint of PyTorch (.pth), zip or legacy')
    .option('--tflite <file>', 'yamnet: TensorFlow Lite model')
    .option('--dir <dir>', 'clap-htsat: folder with audio_model.onnx, text_model.onnx and tokenizer.json')
    .option('--onnx <file>', 'a graph of your own, with --card')
    .option('--card <file>', 'what is to be known about it (JSON)')
    .addOption(
      new Option('--vector <which>', 'panns-…: the embedding, or channel means of the two blocks before the last')
        .choices(['embedding', 'mid-level'])
        .default('embedding'),
    )
    .option('--accept-unverified', 'also take a file whose sums are not the published ones')
    .option('--as-version <n>', 'version in the space id', '1');
  bind(command, add);
}
