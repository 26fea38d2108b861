// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel } from '../../build/onnx/encode-model.ts';
import { toBytes } from '../../build/onnx/wire.ts';
import { spectralGraph } from '../../build/spaces/spectral/graph.ts';
import type { SpectralConstants } from '../../build/spaces/spectral/parameters.ts';
import type { Card } from '../../card.ts';
import { openStage } from '../../importers/stage.ts';
import { REPORT_ENDING } from '../../registry.ts';
import type { FitReport } from './fit-report.ts';

/** Graph of a fitted version; the licence of its constants is its owner's matter. */
export const encodeGraph = (id: string, constants: SpectralConstants): Uint8Array =>
  toBytes(encodeModel(spectralGraph(id, constants, 'NOASSERTION')));

interface Publication {
  readonly card: Card;
  readonly constants: SpectralConstants;
  readonly modelsDir: string;
  readonly report: FitReport;
  readonly text: string;
}

/**
 * Graph, report and card into the models folder, the card last, for it makes the space known.
 * @returns paths of the report, Markdown and JSON
 */
export function publishFit({ card, constants, modelsDir, report, text }: Publication): string[] {
  const reports = [`${card.id}.report.md`, `${card.id}${REPORT_ENDING}`];
  const [markdown = '', json = ''] = reports;
  const cardFile = `${card.id}.json`;
  const stage = openStage(modelsDir);
  const discard = (): void => stage.discard();
  process.once('exit', discard);
  try {
    writeFileSync(stage.path(card.graph.file), encodeGraph(card.id, constants));
    writeFileSync(stage.path(markdown), text);
    writeFileSync(stage.path(json), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(stage.path(cardFile), `${JSON.stringify(card, null, 2)}\n`);
    stage.publish([card.graph.file, ...reports, cardFile]);
  } finally {
    discard();
    process.off('exit', discard);
  }
  return reports.map((file) => join(modelsDir, file));
}
