// SPDX-License-Identifier: Apache-2.0

/** Types of `POST /v1/audio/embeddings`. No imports here: the browser uses this file. */

export type RecordingStatus = 'ready' | 'silent' | 'no_melody';

/** Numbers, or base64 of **little-endian** float32 when `encoding=base64` was asked for. */
export type WireVector = readonly number[] | string;

export interface WireSegment {
  readonly start_ms: number;
  readonly end_ms: number;
  /** null for a window in which nothing sounds. */
  readonly embedding: WireVector | null;
}

export interface DecodeInfo {
  readonly container: string;
  readonly codec: string;
  /** Of the file, before resampling. */
  readonly sample_rate_hz: number;
  readonly channels: number;
  /** RMS level of the mono signal; null for digital silence. */
  readonly loudness_dbfs: number | null;
  /** `peaks=N`: largest absolute value in each of N equal parts, 0…127 (int8). */
  readonly peaks?: readonly number[];
  /** True when a damaged file ended early and `lenient` decoding kept what was there. */
  readonly truncated: boolean;
  readonly warnings: readonly string[];
}

/** The tune that a melody space heard. */
export interface MelodyOutput {
  /** A single voice, or the loudest line of a mix. */
  readonly source: 'monophonic' | 'dominant';
  readonly hop_ms: number;
  /** From the start of the part looked at: MIDI semitones, 2 decimals; null where nothing is voiced. */
  readonly pitch: readonly (number | null)[];
  /** What was measured, and what the status rests on. */
  readonly heard: {
    readonly duration_s: number;
    /** Frames with a pitch, of all. */
    readonly voiced_share: number;
    readonly notes: number;
    readonly range_semitones: number;
    /** Voiced frames whose pitch stays where it is. */
    readonly stable_share: number;
  };
  /** Why it is no melody, in words; null when it is one. */
  readonly reason: string | null;
}

/** What a space gives besides vectors. */
export interface RecordingOutputs {
  readonly melody?: MelodyOutput;
}

export interface AudioEmbeddingResult {
  readonly model: string;
  readonly fingerprint: string;
  readonly dims: number;
  readonly duration_ms: number;
  readonly silent: boolean;
  readonly status: RecordingStatus;
  readonly embedding: WireVector | null;
  readonly segments?: readonly WireSegment[];
  readonly decode: DecodeInfo;
  readonly outputs: RecordingOutputs;
  readonly timing: { readonly queue_ms: number; readonly decode_ms: number; readonly infer_ms: number };
}

/** Several `model` parameters in one request. */
export interface AudioEmbeddingResults {
  readonly results: readonly AudioEmbeddingResult[];
}

/** With `Accept: application/x-ndjson` the answer comes in lines: a header, segments in order, a summary a model. */
export interface StreamHeader {
  readonly event: 'header';
  readonly models: readonly {
    readonly model: string;
    readonly fingerprint: string;
    readonly dims: number;
    readonly window_ms: number;
    readonly hop_ms: number;
  }[];
}

export interface StreamSegment extends WireSegment {
  readonly event: 'segment';
  readonly model: string;
}

export interface StreamSummary extends AudioEmbeddingResult {
  readonly event: 'summary';
}

/** Any line but that of a failure after the first window, which is an ErrorBody. */
export type StreamLine = StreamHeader | StreamSegment | StreamSummary;

/** Query parameters of `POST /v1/audio/embeddings`. Seconds are decimal numbers. */
export interface AudioEmbeddingQuery {
  readonly model?: string | readonly string[];
  readonly window?: number;
  readonly hop?: number;
  readonly pooling?: 'mean' | 'max' | 'none';
  readonly offset?: number;
  readonly duration?: number;
  readonly encoding?: 'float' | 'base64';
  readonly segments?: boolean;
  readonly peaks?: number;
  readonly lenient?: boolean;
  /**
   * What the vectors are for, in a space of melodies: `ingest` (default) gives one for each window of the recording as
   * `segments`; `search` those of a query's versions as `segments`, and that of the whole as `embedding`.
   */
  readonly input_type?: InputType;
}

/** Names of Elasticsearch's inference API. */
export type InputType = 'ingest' | 'search';

/** Answer of `POST /v1/embeddings`, one vector an item. */
export interface EmbeddingsAnswer {
  readonly object: 'list';
  readonly model: string;
  readonly fingerprint: string;
  readonly data: readonly { readonly object: 'embedding'; readonly index: number; readonly embedding: WireVector }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

/** One space in `GET /info`. */
export interface SpaceInfo {
  readonly id: string;
  readonly fingerprint: string;
  readonly dims: number;
  readonly similarity: string;
  readonly sample_rate_hz: number;
  readonly window_ms: number;
  readonly hop_ms: number;
  readonly accepts_text: boolean;
  /** Longest text, where words are taken. */
  readonly max_text_tokens?: number;
  /** Longest melody that is searched with, where melodies are heard. */
  readonly max_melody_seconds?: number;
  readonly has_track_vector: boolean;
  readonly licence: string;
}

/** One device in `GET /info`, with a host process of its own. */
export interface DeviceInfo {
  /** `cuda:0`, `webgpu`, `cpu`; `auto` until a provider was found. */
  readonly name: string;
  readonly ep: string | null;
  /** Providers passed over, with the reason. */
  readonly tried: readonly { readonly ep: string; readonly reason: string }[];
  /** null while the host is being restarted. */
  readonly pid: number | null;
  readonly restarts: number;
  /** Hosts replaced because of their memory. */
  readonly replacements: number;
  readonly rss_bytes: number | null;
  /** Why it does not serve all that it should; null when it does. */
  readonly problem: string | null;
}

export interface ServiceInfo {
  readonly version: string;
  readonly spaces: readonly SpaceInfo[];
  readonly ep: {
    readonly live: string | null;
    readonly tried: readonly { readonly ep: string; readonly reason: string }[];
  };
  readonly ffmpeg: { readonly version: string; readonly source: string; readonly refuses: readonly string[] };
  readonly limits: {
    readonly max_audio_seconds: number;
    readonly max_upload_bytes: number;
    readonly max_concurrent_decodes: number;
    readonly max_queue_windows: number;
  };
  /** The first process that runs graphs, pid null while it is being restarted; restarts of all of them. */
  readonly host?: { readonly pid: number | null; readonly restarts: number };
  readonly devices?: readonly DeviceInfo[];
  /** Why the service is not ready, space by space; empty when it is. */
  readonly problems?: readonly string[];
}
