// SPDX-License-Identifier: Apache-2.0

export type DemoFormat = 'wav' | 'mp3' | 'flac' | 'ogg' | 'm4a';

export type RenderedClip = {
  /** One array a channel, equally long, within ±1. */
  readonly channels: readonly Float32Array[];
  readonly sampleRateHz: number;
};

/** Tags as they are written into the file. */
export type DemoTags = {
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly genre: string;
  readonly comment: string;
  readonly keywords: string;
};

/** One file of the built-in library before it is rendered. */
export type DemoClip = {
  /** Below the library's folder, with the ending of `format`. */
  readonly fileName: string;
  readonly title: string;
  readonly genre: string;
  /** Of music: what plays. */
  readonly instrument?: string;
  /** Of music: id of the melody. */
  readonly melody?: string;
  /** Of everyday sounds: what sounds. */
  readonly kind?: string;
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
  readonly seconds: number;
  /** What it is encoded as where an encoder is at hand; `wav` elsewhere. */
  readonly format: DemoFormat;
  readonly tags: DemoTags;
  readonly render: () => RenderedClip;
};
