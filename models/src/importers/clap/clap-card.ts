// SPDX-License-Identifier: Apache-2.0
import type { CardFile } from '../onnx/card-file.ts';

const SAMPLE_RATE_HZ = 48_000;
const WINDOW_SECONDS = 10;

/**
 * CLAP (Wu et al. 2023) without feature fusion, as transformers' ClapFeatureExtractor (`rand_trunc`, `repeatpad`) prepares
 * sounds for it. Its random cut of long recordings becomes windows one after the other, so that results repeat.
 */
export const CLAP_CARD: CardFile = {
  model: 'clap-htsat',
  title: 'Sounds and words (CLAP)',
  description:
    'Sounds and descriptions in one space: CLAP, trained on pairs of recordings and English sentences. Search with words, or with a recording.',
  aspect: { key: 'w', title: 'Sounds and words' },
  dims: 512,
  similarity: 'cosine',
  sampleRateHz: SAMPLE_RATE_HZ,
  windowSamples: WINDOW_SECONDS * SAMPLE_RATE_HZ,
  hopSamples: WINDOW_SECONDS * SAMPLE_RATE_HZ,
  // 0.3 s, as for spectral: shorter sounds would be repeated more than 33 times.
  minSamples: (3 * SAMPLE_RATE_HZ) / 10,
  padding: 'repeat-whole',
  pooling: 'mean',
  indexOptions: { type: 'int8_hnsw' },
  input: {
    kind: 'log-mel',
    tensor: 'input_features',
    axes: 'batch,1,frames,mels',
    gain: 1,
    preEmphasis: 0,
    fftSize: 1024,
    frameSamples: 1024,
    frameHopSamples: 480,
    framing: 'reflect',
    removeFrameMean: false,
    framePreEmphasis: 0,
    window: 'hann',
    spectrum: 'power',
    mels: { bands: 64, minHz: 50, maxHz: 14_000, scale: 'slaney', norm: 'slaney', triangles: 'hz' },
    log: { kind: 'db', offset: 0, floor: 1e-10, reference: 1, range: 0 },
    mean: 0,
    std: 1,
  },
  output: { tensor: 'audio_embeds', normalised: false, normalise: true },
  licence: {
    spdx: 'Apache-2.0',
    attribution: 'LAION: CLAP htsat-unfused (Wu et al. 2023); ONNX export by Joshua Lochner (Xenova)',
    source: 'https://huggingface.co/Xenova/clap-htsat-unfused',
  },
};

/** The text side: RoBERTa with a projection. It was trained on at most 77 tokens. */
export const CLAP_TEXT = {
  input: { ids: 'input_ids', mask: 'attention_mask' },
  output: { tensor: 'text_embeds', normalised: false },
  padToken: '<pad>',
  maxTokens: 77,
} as const;
