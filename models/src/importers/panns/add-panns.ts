// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { writeModel } from '../../build/onnx/write-model.ts';
import { pannsGraph } from '../../build/spaces/panns/graph.ts';
import type { PannsLayout } from '../../build/spaces/panns/layout.ts';
import { type Card, cardSchema } from '../../card.ts';
import { fingerprintOf } from '../../registry.ts';
import { findExistingSpace } from '../existing-space.ts';
import { makeGoldenVectors } from '../golden-vectors.ts';
import { ImportError } from '../import-error.ts';
import { type FileSums, isPublished, sumFile } from '../published-file.ts';
import { openStage } from '../stage.ts';
import { type Checkpoint, openCheckpoint } from '../torch/open-checkpoint.ts';
import { checkedWeights } from './checked-weights.ts';
import { checkpointLayout } from './checkpoint-layout.ts';
import { PANNS_NETWORKS, type PannsNetwork } from './networks.ts';
import { type CardDraft, pannsCard } from './panns-card.ts';
import { checkStoredFrontEnd } from './stored-front-end.ts';

export interface AddPannsOptions {
  /** `panns-cnn14`, `panns-cnn10` or `panns-cnn6`. */
  readonly model: string;
  /** Becomes the last part of the space id. */
  readonly version: number;
  readonly checkpoint: string;
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

function assertTrusted(path: string, sums: FileSums, network: PannsNetwork, isAccepted: boolean): void {
  if (isAccepted || isPublished(sums, network.published)) return;
  const other = Object.entries(PANNS_NETWORKS).find(([, { published }]) => isPublished(sums, published));
  if (other)
    throw new ImportError(
      'CHECKPOINT_MISMATCH',
      `${path} is the published ${other[1].name}: earshot models add ${other[0]}`,
    );
  const { file, md5 } = network.published;
  throw new ImportError(
    'CHECKPOINT_UNVERIFIED',
    `${path} (${sums.bytes} bytes, md5 ${sums.md5}) is not the published ${file} (md5 ${md5})`,
  );
}

/** Graph and card in the models folder, the card last. */
async function convert(
  checkpoint: Checkpoint,
  draft: CardDraft,
  layout: PannsLayout,
  options: AddPannsOptions,
): Promise<Card> {
  const { onStep, modelsDir } = options;
  const stage = openStage(modelsDir);
  const discard = (): void => stage.discard();
  process.once('exit', discard);
  try {
    onStep(`converting ${checkpoint.dims.size} tensors`);
    const weights = checkedWeights(checkpoint, checkpoint.file);
    checkStoredFrontEnd(weights, checkpoint.file);
    const graphFile = `${draft.id}.onnx`;
    const cardFile = `${draft.id}.json`;
    const metadata = { licence: draft.licence.spdx, source_sha256: draft.origin?.sha256 ?? '' };
    const sha256 = await writeModel(stage.path(graphFile), pannsGraph(weights, { id: draft.id, layout, metadata }));
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
 * Turns a checkpoint of PANNs into an embedding space of the models folder. A second run with the same file finds
 * everything done.
 * @throws ImportError naming file, offset or tensor
 */
export async function addPanns(options: AddPannsOptions): Promise<AddedSpace> {
  const { model, version, checkpoint: path, modelsDir, acceptUnverified, onStep } = options;
  const network = PANNS_NETWORKS[model];
  if (!network) throw new RangeError(`no network is called ${model}`);
  onStep(`summing ${path}`);
  const sums = await sumFile(path);
  assertTrusted(path, sums, network, acceptUnverified);
  const checkpoint = openCheckpoint(path);
  try {
    const layout = checkpointLayout(checkpoint, network);
    const origin = {
      file: checkpoint.file,
      bytes: sums.bytes,
      sha256: sums.sha256,
      isPublished: isPublished(sums, network.published),
    };
    const draft = pannsCard({ model, version, network, layout, origin });
    const existing = await findExistingSpace(draft, modelsDir);
    const card = existing?.card ?? (await convert(checkpoint, draft, layout, options));
    return { card, fingerprint: fingerprintOf(card), isNew: existing === undefined };
  } finally {
    checkpoint.close();
  }
}
