// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { FRAME_CHANNEL_COUNT } from './melody/melody-frames.ts';

/** One machine-checkable example: the service runs `signal` through the graph and compares with `embedding`. */
const goldenVector = z.strictObject({
  /** Name of a signal that `goldenSignal` can generate. */
  signal: z.enum(['chirp-noise', 'plucked-notes', 'hummed-tune']),
  embedding: z.array(z.number()),
  /** Lowest cosine that still counts as equal: 0.9999 for fp32, lower only for quantised graphs. */
  minCosine: z.number().min(0).max(1),
});

/** One text and the vector that it must give. */
const goldenText = z.strictObject({
  text: z.string().min(1),
  embedding: z.array(z.number()),
  minCosine: z.number().min(0).max(1),
});

/** A file beside the card. */
const fileBeside = z.string().regex(/^[^/\\]+$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const precision = z.enum(['fp32', 'fp16', 'int8']);

/** How words come into the space: tokenizer, then a graph of their own whose vectors lie among those of sounds. */
const textPart = z.strictObject({
  graph: z.strictObject({ file: fileBeside, sha256, precision }),
  input: z.strictObject({
    /** Graph input: int64 [batch, tokens]. */
    ids: z.string(),
    /** Graph input of the same shape, 1 for a token and 0 for padding; null when the graph has none. */
    mask: z.string().nullable(),
  }),
  output: z.strictObject({
    /** Graph output: float32 [batch, dims]. */
    tensor: z.string(),
    normalised: z.boolean(),
  }),
  /** A byte-level BPE tokenizer.json as the tokenizers library of Hugging Face writes it. */
  tokenizer: z.strictObject({
    /** Not `.json`: those in a models folder are cards. */
    file: z.string().regex(/^[^/\\]+\.tokenizer$/),
    sha256,
    padToken: z.string().min(1),
  }),
  /** Longest text, tokens that stand for start and end included. */
  maxTokens: z.int().min(3).max(8192),
  golden: z.array(goldenText).min(1),
});

/**
 * How a melody space listens: the graph gives numbers a frame, code makes pitch and contours of them, and a second graph
 * makes vectors of contours. `output` is then that of the second.
 */
const melodyPart = z.strictObject({
  frames: z.strictObject({
    /** Graph output: float32 [batch, perWindow, channels]. */
    tensor: z.string(),
    perWindow: z.int().positive(),
    channels: z.literal(FRAME_CHANNEL_COUNT),
    hopSamples: z.int().positive(),
  }),
  encoder: z.strictObject({
    graph: z.strictObject({ file: fileBeside, sha256, precision }),
    /** Graph input: float32 [batch, points], semitones around 0. */
    input: z.string(),
    points: z.int().min(8).max(1024),
  }),
  /** Which stretches of a recording get a vector when it is indexed. */
  index: z.strictObject({
    durationsMs: z.array(z.number().positive()).min(1).max(64),
    /** Least time between two starts. */
    startStepMs: z.number().positive(),
    /** Of one recording. */
    maxSegments: z.int().positive().max(10_000),
  }),
  query: z.strictObject({
    /** Beginnings of a query that get a vector each, as shares of its length. */
    prefixes: z.array(z.number().positive().max(1)).min(1).max(16),
    /** Longest melody that is searched with. */
    maxSeconds: z.number().positive(),
  }),
});

/**
 * A model card: everything that is known about one version of an embedding space.
 * dims, similarity, sample rate, window, hop, pooling and licence come from here and from nowhere else.
 */
export const cardSchema = z.strictObject({
  /** Space id, `<model>-<version>`. */
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*-[0-9]+$/),
  model: z.string(),
  version: z.int().positive(),
  title: z.string(),
  description: z.string(),
  /** What of a sound this space listens to; `key` is its short name in URLs (`w=t.8,m1`). */
  aspect: z.strictObject({ key: z.string().regex(/^[a-z]$/), title: z.string() }),
  dims: z.int().min(1).max(4096),
  similarity: z.enum(['cosine', 'dot_product', 'l2_norm', 'max_inner_product']),
  input: z.strictObject({
    /** Graph input: float32 [batch, windowSamples], mono, −1…1. */
    tensor: z.string(),
    sampleRateHz: z.int().positive(),
    windowSamples: z.int().positive(),
    hopSamples: z.int().positive(),
    /** Recordings with fewer samples are refused as too short. */
    minSamples: z.int().positive(),
    /**
     * How a recording shorter than one window is filled up: `repeat` begins it again until the window is full,
     * `repeat-whole` so often as it fits in whole, and zeros follow.
     */
    padding: z.enum(['zero', 'repeat', 'repeat-whole']),
  }),
  output: z.strictObject({
    /** Graph output: float32 [batch, dims]. */
    tensor: z.string(),
    /** Whether the graph already gives unit vectors. */
    normalised: z.boolean(),
  }),
  /** How window vectors become the track vector (renormalised afterwards for cosine). */
  pooling: z.enum(['mean', 'max']),
  /** False for spaces that have segment vectors only (melody). */
  hasTrackVector: z.boolean(),
  /** Whether `/v1/embeddings` accepts words for this space; true exactly when there is a `text`. */
  acceptsText: z.boolean(),
  text: textPart.optional(),
  melody: melodyPart.optional(),
  /** dense_vector `index_options`, always with a `type`. */
  indexOptions: z.looseObject({ type: z.string() }),
  graph: z.strictObject({
    /** File name beside the card. */
    file: z.string(),
    sha256,
    precision,
  }),
  licence: z.strictObject({ spdx: z.string(), attribution: z.string(), source: z.string() }),
  /** The file that the weights were imported from; absent for what ships. */
  origin: z
    .strictObject({
      file: z.string(),
      bytes: z.int().positive(),
      sha256,
      /** Whether the file's sums are those that its makers published. */
      isPublished: z.boolean(),
      /** What else the import was told: how a graph's spectrogram is made, which output is the vector. */
      settings: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  /** How constants were fitted to a collection of recordings; absent for what ships and what was imported. */
  fit: z
    .strictObject({
      library: z.string(),
      /** Recordings and 5 s clips of them that the constants were fitted on, the judged ones not among them. */
      recordings: z.int().positive(),
      clips: z.int().positive(),
      /** Share of the constants that these decide, 0…1; the rest is the generated set. */
      weight: z.number().min(0).max(1),
      seed: z.int().nonnegative(),
      /** ISO 8601. */
      date: z.iso.datetime(),
      /** sha256 of the constants, hex: fits of the same clips agree in it. */
      constants: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .optional(),
  /** How the graph was made from a 32-bit one; absent for all others. */
  quantised: z
    .strictObject({
      /** Space id and fingerprint of the 32-bit one. */
      from: z.string(),
      fromFingerprint: z.string().regex(/^[0-9a-f]{12}$/),
      weightBits: z.union([z.literal(7), z.literal(8)]),
      /** Recordings, and windows of them, that the ranges were observed on. */
      recordings: z.int().positive(),
      windows: z.int().positive(),
      /** sha256 over recordings and settings: equal runs agree in it. */
      recipe: z.string().regex(/^[0-9a-f]{64}$/),
    })
    .optional(),
  golden: z.array(goldenVector).min(1),
});

export type Card = z.infer<typeof cardSchema>;
export type CardMelody = NonNullable<Card['melody']>;
export type CardText = NonNullable<Card['text']>;
export type Pooling = Card['pooling'];
export type Similarity = Card['similarity'];
