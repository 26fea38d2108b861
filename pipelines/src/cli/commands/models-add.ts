// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { EarshotError } from '../../core/earshot-error.ts';
import { ERROR_CODES } from '../../core/error-kinds.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { RunEvent } from '../../ports/reporter.ts';
import type { Action } from '../command-context.ts';
import { bind } from '../run-action.ts';

/** What the importer tells, one JSON object a line. */
type ImportEvent =
  | { readonly event: 'step'; readonly text: string }
  | { readonly event: 'refused'; readonly code: string; readonly message: string }
  | AddedEvent;

interface AddedEvent extends RunEvent {
  readonly event: 'added';
  readonly space: string;
  /** False when it was there already. */
  readonly isNew: boolean;
  readonly fingerprint: string;
  readonly seconds: number;
  readonly peakRssBytes: number;
  readonly card: {
    readonly dims: number;
    readonly licence: { readonly spdx: string; readonly attribution: string; readonly source: string };
    readonly origin?: { readonly file: string; readonly sha256: string; readonly isPublished: boolean };
  };
}

interface ImportRun {
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly onStep: (event: Extract<ImportEvent, { event: 'step' }>) => void;
}

function failure({ code, message }: Extract<ImportEvent, { event: 'refused' }>): EarshotError {
  const known = ERROR_CODES.find((candidate) => candidate === code);
  return new EarshotError(known ?? 'INTERNAL', message);
}

/** ONNX Runtime stays out of this process: the models workspace's own program converts and computes. */
async function runImporter({ args, signal, onStep }: ImportRun): Promise<AddedEvent> {
  const program = fileURLToPath(import.meta.resolve('@earshot/models/add'));
  const child = spawn(process.execPath, [program, ...args], { signal, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  const complaints = text(child.stderr);
  let last: ImportEvent | undefined;
  const listen = async (): Promise<void> => {
    for await (const line of createInterface({ input: child.stdout })) {
      last = JSON.parse(line) as ImportEvent;
      if (last.event === 'step') onStep(last);
    }
  };
  await Promise.all([closed, listen()]);
  if (last?.event === 'refused') throw failure(last);
  if (last?.event === 'added') return last;
  throw new EarshotError('INTERNAL', `The importer failed: ${(await complaints).trim() || 'no answer'}`);
}

function describe({ space, isNew, fingerprint, seconds, card }: AddedEvent): string {
  const { dims, licence, origin } = card;
  const state = isNew ? `added in ${seconds} s` : 'was here already, nothing changed';
  return [
    `${space}  ${state}; ${dims} dims, fingerprint ${fingerprint}`,
    `source   ${origin?.file}, sha256 ${origin?.sha256}${origin?.isPublished ? ', as published' : ', NOT a published file'}`,
    `licence  ${licence.spdx}: ${licence.attribution} (${licence.source})`,
    `next     EARSHOT_SPACE=${space}; restart the inference service or load the space there, then earshot apply and earshot sync run`,
  ].join('\n');
}

/** What can be imported, and the option that names its file. */
const MODELS: Readonly<Record<string, 'checkpoint' | 'tflite'>> = {
  'panns-cnn14': 'checkpoint',
  'panns-cnn10': 'checkpoint',
  'panns-cnn6': 'checkpoint',
  yamnet: 'tflite',
};

function fileOf(model: string, options: Readonly<Record<string, unknown>>): string {
  const name = MODELS[model] ?? 'checkpoint';
  const other = name === 'checkpoint' ? 'tflite' : 'checkpoint';
  const file = options[name];
  if (typeof file === 'string' && options[other] === undefined) return file;
  throw new EarshotError('USAGE', `${model} is imported with --${name} FILE`);
}

function versionOf(value: string): string {
  if (!/^[1-9][0-9]{0,5}$/.test(value)) throw new EarshotError('USAGE', `--as-version ${value} is no positive number`);
  return value;
}

const add: Action = async ({ config, reporter, signal }, [model = ''], options) => {
  const args = [
    model,
    ...['--file', fileOf(model, options), '--models-dir', config.modelsDir],
    ...['--version', versionOf(String(options.asVersion))],
    ...(options.acceptUnverified === true ? ['--accept-unverified'] : []),
  ];
  const added = await runImporter({
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
    .description('make an embedding space from published weights, without Python')
    .addArgument(models.createArgument('<model>', 'what the file holds').choices(Object.keys(MODELS)))
    .option('--checkpoint <file>', 'panns-…: checkpoint of PyTorch (.pth), zip or legacy')
    .option('--tflite <file>', 'yamnet: TensorFlow Lite model')
    .option('--accept-unverified', 'also take a file whose sums are not the published ones')
    .option('--as-version <n>', 'version in the space id', '1');
  bind(command, add);
}
