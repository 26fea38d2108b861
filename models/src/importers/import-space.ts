// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Model } from '../build/onnx/model.ts';
import type { Encoded } from '../build/onnx/wire.ts';
import { writeModel } from '../build/onnx/write-model.ts';
import { type Card, cardSchema } from '../card.ts';
import { fingerprintOf } from '../registry.ts';
import type { CardDraft, Origin } from './card-draft.ts';
import { findExistingSpace } from './existing-space.ts';
import { makeGoldenVectors } from './golden-vectors.ts';
import { ImportError } from './import-error.ts';
import type { GraphChecks } from './onnx/check-graph.ts';
import { type FileSums, isPublished, type PublishedFile, sumFile } from './published-file.ts';
import { openStage, type Stage } from './stage.ts';
import type { TextPart } from './text-part.ts';

/** Weights that have been read and found to fit. */
export interface OpenedWeights {
  readonly draft: CardDraft;
  /** Of the graph's weights; single when absent. */
  readonly precision?: Card['graph']['precision'];
  /** @param metadata `metadata_props` of the graph */
  makeGraph(metadata: Readonly<Record<string, string>>): Model | Encoded;
  /** Tries a graph out before its space is known; for graphs that others made. @throws ImportError */
  check?(graphPath: string): Promise<GraphChecks>;
  /** What embeds words, where there is such a thing; the draft has its `text`. */
  readonly words?: TextPart;
  close(): void;
}

/** One kind of file that becomes a space. */
export interface WeightsReader {
  /** Absent where nobody has said what the file should be. */
  readonly published?: PublishedFile;
  /** What the file is instead, when its sums are those of another published one; names the command for it. */
  recognise?(sums: FileSums): string | undefined;
  /** @throws ImportError naming file, offset or tensor */
  open(path: string, origin: Origin): OpenedWeights;
}

export interface ImportOptions {
  /** Of the weights. */
  readonly path: string;
  readonly modelsDir: string;
  /** Whether a file with other sums than the published ones may be converted. */
  readonly acceptUnverified: boolean;
  /** Told what is being done, for people. */
  readonly onStep: (text: string) => void;
}

export interface AddedSpace {
  readonly card: Card;
  readonly fingerprint: string;
  /** False when an earlier import of the same file had made it. */
  readonly isNew: boolean;
  /** What was measured of a graph that others made. */
  readonly checks?: GraphChecks | undefined;
}

const sumsText = ({ md5, sha256 }: Omit<PublishedFile, 'file'>): string => (md5 ? `md5 ${md5}` : `sha256 ${sha256}`);

function assertTrusted(path: string, sums: FileSums, { published, recognise }: WeightsReader): void {
  if (!published || isPublished(sums, published)) return;
  const other = recognise?.(sums);
  if (other) throw new ImportError('CHECKPOINT_MISMATCH', `${path} is ${other}`);
  throw new ImportError(
    'CHECKPOINT_UNVERIFIED',
    `${path} (${sums.bytes} bytes, ${published.md5 ? sumsText(sums) : sumsText({ sha256: sums.sha256 })}) is not the published ${published.file} (${sumsText(published)})`,
  );
}

/** Copies the files of a text part; gives them by name, with the part of the card. */
async function stageWords(
  words: TextPart | undefined,
  stage: Stage,
): Promise<Pick<Card, 'text'> & { files: string[] }> {
  if (!words) return { files: [] };
  const { text, files, makeGolden } = words;
  for (const { name, path } of files) await copyFile(path, stage.path(name));
  return { text: { ...text, golden: await makeGolden() }, files: files.map(({ name }) => name) };
}

/** Graphs and card in the models folder, the card last. */
async function publish(
  weights: OpenedWeights,
  { modelsDir, onStep }: ImportOptions,
): Promise<Omit<AddedSpace, 'fingerprint' | 'isNew'>> {
  const { draft, makeGraph, precision = 'fp32', check } = weights;
  const stage = openStage(modelsDir);
  const discard = (): void => stage.discard();
  process.once('exit', discard);
  try {
    onStep('converting the weights');
    const graphFile = `${draft.id}.onnx`;
    const cardFile = `${draft.id}.json`;
    const metadata = { licence: draft.licence.spdx, source_sha256: draft.origin?.sha256 ?? '' };
    const sha256 = await writeModel(stage.path(graphFile), makeGraph(metadata));
    if (check) onStep('trying the graph');
    const checks = await check?.(stage.path(graphFile));
    onStep('running the golden signals');
    const golden = await makeGoldenVectors(stage.path(graphFile), draft, precision);
    if (weights.words) onStep('running the golden texts');
    const { files, ...words } = await stageWords(weights.words, stage);
    const card = cardSchema.parse({ ...draft, ...words, graph: { file: graphFile, sha256, precision }, golden });
    writeFileSync(stage.path(cardFile), `${JSON.stringify(card, null, 2)}\n`);
    stage.publish([graphFile, ...files, cardFile]);
    return { card, checks };
  } finally {
    discard();
    process.off('exit', discard);
  }
}

/**
 * Turns a file of weights into an embedding space of the models folder. A second run with the same file finds everything
 * done.
 * @throws ImportError naming file, offset or tensor
 */
export async function importSpace(options: ImportOptions, reader: WeightsReader): Promise<AddedSpace> {
  const { path, modelsDir, acceptUnverified, onStep } = options;
  onStep(`summing ${path}`);
  const sums = await sumFile(path);
  if (!acceptUnverified) assertTrusted(path, sums, reader);
  const { bytes, sha256 } = sums;
  const weights = reader.open(path, {
    file: basename(path),
    bytes,
    sha256,
    isPublished: reader.published !== undefined && isPublished(sums, reader.published),
  });
  try {
    const existing = await findExistingSpace(weights.draft, modelsDir);
    const made = existing ?? (await publish(weights, options));
    const checks = 'checks' in made ? made.checks : undefined;
    return { card: made.card, checks, fingerprint: fingerprintOf(made.card), isNew: existing === undefined };
  } finally {
    weights.close();
  }
}
