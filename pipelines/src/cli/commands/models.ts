// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadSpaces, type Space } from '@earshot/models/registry';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { bind } from '../run-action.ts';
import { registerModelsAdd } from './models-add.ts';
import { registerModelsFit } from './models-fit.ts';
import { registerModelsQuantise } from './models-quantise.ts';
import { registerModelsRemove } from './models-remove.ts';

interface Verdict {
  readonly space: string;
  readonly ok: boolean;
  readonly checks: readonly { readonly check: string; readonly ok: boolean; readonly detail: string }[];
}

const table = (head: string[], rows: string[][]): string => {
  const drawn = new Table({ head, style: { head: [], border: [] } });
  for (const row of rows) drawn.push(row);
  return drawn.toString();
};

function spaceNamed(id: string | undefined, modelsDir: string | undefined): Space {
  const spaces = loadSpaces(modelsDir);
  const space = spaces.get(id ?? '');
  if (!space)
    throw new EarshotError('SPACE_UNKNOWN', `There is no space ${id}; known: ${[...spaces.keys()].join(', ')}`);
  return space;
}

const secondsOf = (samples: number, { input }: Space['card']): number => samples / input.sampleRateHz;

const list: Action = async ({ config, reporter }) => {
  const spaces = [...loadSpaces(config.modelsDir).values()].map(({ card, fingerprint }) => ({
    id: card.id,
    title: card.title,
    dims: card.dims,
    sampleRateHz: card.input.sampleRateHz,
    windowSeconds: secondsOf(card.input.windowSamples, card),
    licence: card.licence.spdx,
    acceptsText: card.acceptsText,
    fingerprint,
  }));
  const rows = spaces.map((s) => [
    s.id,
    s.title,
    String(s.dims),
    `${s.sampleRateHz} Hz`,
    `${s.windowSeconds} s`,
    s.acceptsText ? 'yes' : 'no',
    s.licence,
    s.fingerprint,
  ]);
  const head = ['space', 'title', 'dims', 'rate', 'window', 'words', 'licence', 'fingerprint'];
  reporter.result({ spaces }, table(head, rows));
  return EXIT.done;
};

function describeText({ text }: Space['card']): string[][] {
  if (!text) return [['words', 'not embedded']];
  const { graph, tokenizer, maxTokens } = text;
  return [
    ['words', `at most ${maxTokens} tokens, ${text.output.normalised ? 'unit length' : 'scaled to unit length'}`],
    ['text graph', `${graph.file} (${graph.precision}), sha256 ${graph.sha256}`],
    ['tokenizer', `${tokenizer.file}, sha256 ${tokenizer.sha256}`],
  ];
}

function describeMelody({ melody }: Space['card']): string[][] {
  if (!melody) return [];
  const { encoder, index, query } = melody;
  const { graph, points } = encoder;
  const versions = query.prefixes.map((share) => `${Math.round(share * 100)} %`).join(', ');
  return [
    ['contour graph', `${graph.file} (${graph.precision}) of ${points} points, sha256 ${graph.sha256}`],
    ['indexed', `${index.durationsMs.length} durations from every note on, at most ${index.maxSegments} vectors`],
    ['searched with', `${versions} of at most ${query.maxSeconds} s`],
  ];
}

const show: Action = async ({ config, reporter }, [id]) => {
  const { card, fingerprint, graphPath } = spaceNamed(id, config.modelsDir);
  const { input, graph, licence, origin, quantised, fit } = card;
  const rows = [
    ['space', card.id],
    ['title', card.title],
    ['description', card.description],
    ['fingerprint', fingerprint],
    ['vector', `${card.dims} dims, ${card.similarity}, ${card.output.normalised ? 'unit length' : 'any length'}`],
    ['input', `${input.sampleRateHz} Hz mono, windows of ${secondsOf(input.windowSamples, card)} s`],
    ['hop', `${secondsOf(input.hopSamples, card)} s`],
    ['shortest', `${secondsOf(input.minSamples, card)} s; filled up by ${input.padding}`],
    ['track vector', card.hasTrackVector ? `${card.pooling} of the windows` : 'none, segments only'],
    ['index options', JSON.stringify(card.indexOptions)],
    ['graph', `${graphPath} (${graph.precision}${quantised ? ` from ${quantised.from}` : ''})`],
    ['sha256', graph.sha256],
    ...describeText(card),
    ...describeMelody(card),
    ['licence', `${licence.spdx}, ${licence.attribution} (${licence.source})`],
    ...(fit
      ? [
          [
            'fitted to',
            `${fit.clips} clips of ${fit.recordings} recordings of ${fit.library}, ${fit.date.slice(0, 10)}`,
          ],
        ]
      : []),
    ...(origin
      ? [
          [
            'origin',
            `${origin.file}, sha256 ${origin.sha256}${origin.isPublished ? ', as published' : ', not a published file'}`,
          ],
        ]
      : []),
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const text = rows.map(([name = '', value = '']) => `${name.padEnd(width)}  ${value}`).join('\n');
  reporter.result({ fingerprint, graphPath, card }, text);
  return EXIT.done;
};

/** ONNX Runtime stays out of this process: the models workspace's own program does the inference. */
function runVerifier(id: string, modelsDir: string | undefined, signal: AbortSignal): Promise<Verdict> {
  const program = fileURLToPath(import.meta.resolve('@earshot/models/verify'));
  const args = [program, id, ...(modelsDir ? ['--models-dir', modelsDir] : [])];
  const { promise, resolve, reject } = Promise.withResolvers<Verdict>();
  execFile(process.execPath, args, { signal }, (error, stdout, stderr) => {
    try {
      resolve(JSON.parse(stdout) as Verdict);
    } catch (cause) {
      const reason = stderr.trim() || error?.message || 'no answer';
      reject(new EarshotError('INTERNAL', `The model verifier failed: ${reason}`, { cause }));
    }
  });
  return promise;
}

const verify: Action = async ({ config, reporter, signal }, [id]) => {
  const { card } = spaceNamed(id, config.modelsDir);
  const verdict = await runVerifier(card.id, config.modelsDir, signal);
  const rows = verdict.checks.map(({ check, ok, detail }) => [ok ? 'ok' : 'FAILED', check, detail]);
  reporter.result(verdict, table(['', 'check', 'detail'], rows));
  return verdict.ok ? EXIT.done : EXIT.refused;
};

export function registerModels(program: Command): void {
  const models = program.command('models').description('embedding spaces: cards and graphs');
  bind(models.command('list').description('list the spaces known here'), list);
  bind(models.command('show').argument('<id>').description('print the card of a space'), show);
  registerModelsAdd(models);
  registerModelsRemove(models);
  registerModelsQuantise(models);
  registerModelsFit(models);
  const verifyCommand = models.command('verify').argument('<id>');
  bind(verifyCommand.description('check the graph of a space: sha256 and golden vectors'), verify);
}
