// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { fewestSamples, framesOf, type LogMelSettings } from '../../build/front-end/log-mel-settings.ts';
import { cardSchema } from '../../card.ts';
import { WINDOW_SHAPES } from '../../dsp/spectrum-window.ts';
import { ImportError } from '../import-error.ts';

const MAX_FILE_BYTES = 2 ** 20;
const MAX_FFT_SIZE = 8192;
/** Seven minutes at 48 kHz. */
const MAX_WINDOW_SAMPLES = 20_000_000;

const positive = z.number().positive();
const share = z.number().min(0).lt(1);
const tensorName = z.string().min(1).optional();

const mels = z.strictObject({
  bands: z.int().min(1).max(512),
  minHz: z.number().min(0).default(0),
  /** Half the sample rate when absent. */
  maxHz: positive.optional(),
  scale: z.enum(['slaney', 'htk']),
  norm: z.enum(['slaney', 'none']),
  triangles: z.enum(['hz', 'mel']).default('hz'),
});

const log = z.strictObject({
  kind: z.enum(['ln', 'log10', 'db']),
  offset: z.number().min(0).default(0),
  floor: z.number().min(0).default(0),
  reference: z.union([positive, z.literal('max')]).default(1),
  range: z.number().min(0).default(0),
});

const waveformInput = z.strictObject({ kind: z.literal('waveform'), tensor: tensorName });

const logMelInput = z.strictObject({
  kind: z.literal('log-mel'),
  tensor: tensorName,
  axes: z.enum([
    'batch,mels,frames',
    'batch,frames,mels',
    'batch,1,mels,frames',
    'batch,1,frames,mels',
    'batch,mels,frames,1',
    'batch,frames,mels,1',
  ]),
  gain: positive.default(1),
  preEmphasis: share.default(0),
  fftSize: z.int().min(16).max(MAX_FFT_SIZE).multipleOf(2),
  /** As long as the transform when absent. */
  frameSamples: z.int().min(2).max(MAX_FFT_SIZE).optional(),
  frameHopSamples: z.int().positive(),
  framing: z.enum(['reflect', 'zeros', 'none']),
  removeFrameMean: z.boolean().default(false),
  framePreEmphasis: share.default(0),
  window: z.enum(WINDOW_SHAPES),
  spectrum: z.enum(['power', 'magnitude']),
  mels,
  log,
  mean: z.union([z.number(), z.array(z.number())]).default(0),
  std: z.union([positive, z.array(positive)]).default(1),
  frames: z.int().positive().optional(),
});

/** What a person writes about a graph of their own; sizes count samples at `sampleRateHz`. */
const cardFileSchema = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  model: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens'),
  title: z.string().min(1),
  description: z.string().default(''),
  aspect: cardSchema.shape.aspect.optional(),
  dims: cardSchema.shape.dims,
  similarity: cardSchema.shape.similarity.default('cosine'),
  sampleRateHz: z.int().min(1000).max(192_000),
  windowSamples: z.int().positive().max(MAX_WINDOW_SAMPLES),
  /** A window when absent. */
  hopSamples: z.int().positive().optional(),
  /** A tenth of a window when absent. */
  minSamples: z.int().positive().optional(),
  padding: cardSchema.shape.input.shape.padding.default('repeat'),
  pooling: cardSchema.shape.pooling.default('mean'),
  indexOptions: cardSchema.shape.indexOptions.default({ type: 'int8_hnsw' }),
  input: z.discriminatedUnion('kind', [waveformInput, logMelInput]),
  output: z
    .strictObject({
      tensor: tensorName,
      /** Reduces an axis, such as time, before the values become the vector; 0 is the batch. */
      reduce: z.strictObject({ axis: z.int().min(1).max(7), by: z.enum(['mean', 'max']) }).optional(),
      /** Whether the graph gives unit vectors already. */
      normalised: z.boolean().default(false),
      /** Divides the vector by its length. */
      normalise: z.boolean().default(false),
    })
    .default({ normalised: false, normalise: false }),
  licence: cardSchema.shape.licence,
  /** sha256 that the makers publish for the ONNX file; another file is refused. */
  sha256: cardSchema.shape.graph.shape.sha256.optional(),
});

export type CardFile = z.infer<typeof cardFileSchema>;

/** Settings of the front-end with everything filled in; undefined for a graph that takes the waveform. */
export function logMelSettings({ input, sampleRateHz }: CardFile): LogMelSettings | undefined {
  if (input.kind === 'waveform') return undefined;
  const { kind: _kind, tensor: _tensor, ...settings } = input;
  const maxHz = input.mels.maxHz ?? sampleRateHz / 2;
  const frameSamples = input.frameSamples ?? input.fftSize;
  return { ...settings, sampleRateHz, frameSamples, mels: { ...input.mels, maxHz } };
}

function findMelContradiction(settings: LogMelSettings, windowSamples: number): string | undefined {
  const { sampleRateHz, frameSamples, fftSize, mels: bands, log: logarithm, mean, std, frames = 0 } = settings;
  if (frameSamples > fftSize) return `input.frameSamples ${frameSamples} is more than fftSize ${fftSize}`;
  if (bands.maxHz > sampleRateHz / 2) return `input.mels.maxHz ${bands.maxHz} is above half the sample rate`;
  if (bands.minHz >= bands.maxHz) return `input.mels.minHz ${bands.minHz} is not below maxHz ${bands.maxHz}`;
  if (logarithm.floor === 0 && logarithm.offset === 0)
    return 'input.log has neither floor nor offset: the logarithm of silence is not finite';
  const odd = Object.entries({ mean, std }).find(([, v]) => typeof v !== 'number' && v.length !== bands.bands);
  if (odd) return `input.${odd[0]} needs one number, or one for each of ${bands.bands} bands`;
  const all = framesOf(windowSamples, { ...settings, frames: undefined });
  if (windowSamples < fewestSamples(settings) || all < 1)
    return `a window of ${windowSamples} samples gives no frame; ${fewestSamples(settings)} are needed`;
  return all < frames ? `input.frames is ${frames}, a window gives ${all}` : undefined;
}

/** What no single field shows. */
function findContradiction(card: CardFile): string | undefined {
  const { windowSamples, hopSamples = windowSamples, minSamples = 1 } = card;
  if (hopSamples > windowSamples) return `hopSamples ${hopSamples} leaves gaps between windows of ${windowSamples}`;
  if (minSamples > windowSamples) return `minSamples ${minSamples} is more than a window of ${windowSamples}`;
  const settings = logMelSettings(card);
  return settings && findMelContradiction(settings, windowSamples);
}

function parseJson(path: string): unknown {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw new Error(`it has more than ${MAX_FILE_BYTES} bytes`);
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImportError('CARD_DRAFT_INVALID', `${path} cannot be read as a card: ${reason}`, cause);
  }
}

/** @throws ImportError CARD_DRAFT_INVALID naming the fields */
export function readCardFile(path: string): CardFile {
  const parsed = cardFileSchema.safeParse(parseJson(path));
  if (!parsed.success)
    throw new ImportError('CARD_DRAFT_INVALID', `${basename(path)}: ${z.prettifyError(parsed.error)}`);
  const problem = findContradiction(parsed.data);
  if (problem) throw new ImportError('CARD_DRAFT_INVALID', `${basename(path)}: ${problem}`);
  return parsed.data;
}
