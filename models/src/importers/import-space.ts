// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Model } from '../build/onnx/model.ts';
import { writeModel } from '../build/onnx/write-model.ts';
import { type Card, cardSchema } from '../card.ts';
import { fingerprintOf } from '../registry.ts';
import type { CardDraft, Origin } from './card-draft.ts';
import { findExistingSpace } from './existing-space.ts';
import { makeGoldenVectors } from './golden-vectors.ts';
import { ImportError } from './import-error.ts';
import { type FileSums, isPublished, type PublishedFile, sumFile } from './published-file.ts';
import { openStage } from './stage.ts';

/** Weights that have been read and found to fit. */
export interface OpenedWeights {
  readonly draft: CardDraft;
  /** @param metadata `metadata_props` of the graph */
  makeGraph(metadata: Readonly<Record<string, string>>): Model;
  close(): void;
}

/** One kind of file that becomes a space. */
export interface WeightsReader {
  readonly published: PublishedFile;
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
}

function assertTrusted(path: string, sums: FileSums, { published, recognise }: WeightsReader): void {
  if (isPublished(sums, published)) return;
  const other = recognise?.(sums);
  if (other) throw new ImportError('CHECKPOINT_MISMATCH', `${path} is ${other}`);
  throw new ImportError(
    'CHECKPOINT_UNVERIFIED',
    `${path} (${sums.bytes} bytes, md5 ${sums.md5}) is not the published ${published.file} (md5 ${published.md5})`,
  );
}

/** Graph and card in the models folder, the card last. */
async function publish({ draft, makeGraph }: OpenedWeights, { modelsDir, onStep }: ImportOptions): Promise<Card> {
  const stage = openStage(modelsDir);
  const discard = (): void => stage.discard();
  process.once('exit', discard);
  try {
    onStep('converting the weights');
    const graphFile = `${draft.id}.onnx`;
    const cardFile = `${draft.id}.json`;
    const metadata = { licence: draft.licence.spdx, source_sha256: draft.origin?.sha256 ?? '' };
    const sha256 = await writeModel(stage.path(graphFile), makeGraph(metadata));
    onStep('running the golden signals');
    const golden = await makeGoldenVectors(stage.path(graphFile), draft);
    const card = cardSchema.parse({ ...draft, graph: { file: graphFile, sha256, precision: 'fp32' }, golden });
    writeFileSync(stage.path(cardFile), `${JSON.stringify(card, null, 2)}\n`);
    stage.publish([graphFile, cardFile]);
    return card;
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
    isPublished: isPublished(sums, reader.published),
  });
  try {
    const existing = await findExistingSpace(weights.draft, modelsDir);
    const card = existing?.card ?? (await publish(weights, options));
    return { card, fingerprint: fingerprintOf(card), isNew: existing === undefined };
  } finally {
    weights.close();
  }
}
