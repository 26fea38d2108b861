// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { openByteSource } from '../byte-source.ts';
import type { CardDraft, Origin } from '../card-draft.ts';
import { ImportError } from '../import-error.ts';
import type { OpenedWeights, WeightsReader } from '../import-space.ts';
import { type CardFile, logMelSettings, readCardFile } from './card-file.ts';
import { checkGraph } from './check-graph.ts';
import { type ExternalWeights, MAX_GRAPH_BYTES, openExternalWeights } from './external-data.ts';
import { type JoinedNames, joinedNames, joinGraphs } from './join-graphs.ts';
import type { OnnxModel } from './onnx-model.ts';
import { readOnnx } from './read-onnx.ts';
import { wrapGraph } from './wrap-graph.ts';

const SHORTEST_PART = 10;

interface DraftParts {
  readonly card: CardFile;
  readonly version: number;
  readonly names: JoinedNames;
  readonly origin: Origin;
}

function draftOf({ card, version, names, origin }: DraftParts): CardDraft {
  const { model, title, description, dims, similarity, sampleRateHz, windowSamples, output } = card;
  return {
    id: `${model}-${version}`,
    model,
    version,
    title,
    description,
    aspect: card.aspect ?? { key: model.slice(0, 1), title },
    dims,
    similarity,
    input: {
      tensor: names.input,
      sampleRateHz,
      windowSamples,
      hopSamples: card.hopSamples ?? windowSamples,
      minSamples: card.minSamples ?? Math.ceil(windowSamples / SHORTEST_PART),
      padding: card.padding,
    },
    output: { tensor: names.output, normalised: output.normalise || output.normalised },
    pooling: card.pooling,
    hasTrackVector: true,
    acceptsText: false,
    indexOptions: card.indexOptions,
    licence: card.licence,
    origin,
  };
}

/** What of the import is not in the card otherwise: made again with other settings, the vectors would be others. */
function settingsOf(card: CardFile, external: ExternalWeights): Record<string, unknown> {
  const settings = { input: { ...card.input, ...logMelSettings(card) }, output: card.output };
  return external.files.size === 0 ? settings : { ...settings, externalData: Object.fromEntries(external.files) };
}

function readModel(path: string): OnnxModel {
  const source = openByteSource(path);
  try {
    if (source.size > MAX_GRAPH_BYTES)
      throw new ImportError(
        'CHECKPOINT_INVALID',
        `${source.name} has ${source.size} bytes; an ONNX file has at most ${MAX_GRAPH_BYTES}`,
      );
    return readOnnx(source.read(0, source.size), source.name);
  } finally {
    source.close();
  }
}

interface OpenOptions {
  readonly card: CardFile;
  readonly version: number;
  readonly origin: Origin;
}

/**
 * An ONNX graph as its card says it is, mel front-end and unit length joined to it where they are asked for.
 * @throws ImportError naming file, offset or tensor
 */
export function openOnnxModel(path: string, { card, version, origin }: OpenOptions): OpenedWeights {
  const model = readModel(path);
  const wrap = wrapGraph(model, card);
  const external = openExternalWeights(path, model.bytes, model.file);
  const names = joinedNames(model, wrap);
  const draft = draftOf({ card, version, names, origin: { ...origin, settings: settingsOf(card, external) } });
  const { windowSamples, dims, sampleRateHz } = card;
  return {
    draft,
    precision: model.precision,
    makeGraph: (metadata) =>
      joinGraphs(model, {
        ...{ wrap, names, windowSamples, dims, fold: external.fold },
        metadata: { ...metadata, sample_rate: String(sampleRateHz), min_samples: String(draft.input.minSamples) },
      }),
    check: (graphPath) => checkGraph({ file: model.file, path: graphPath, draft, precision: model.precision }),
    close: () => external.close(),
  };
}

/**
 * Anybody's ONNX graph, with a card that a person wrote.
 * @param cardPath JSON; see docs/operators/models.md
 * @param version becomes the last part of the space id
 * @throws ImportError CARD_DRAFT_INVALID naming the fields
 */
export function createOnnxReader(cardPath: string, version: number): WeightsReader {
  const card = readCardFile(cardPath);
  return {
    ...(card.sha256 ? { published: { file: `graph that ${basename(cardPath)} names`, sha256: card.sha256 } } : {}),
    open: (path, origin) => openOnnxModel(path, { card, version, origin }),
  };
}
