// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { DemoFormat, DemoTags } from './demo-clip.ts';

const CODEC_OPTIONS: Readonly<Record<Exclude<DemoFormat, 'wav'>, readonly string[]>> = {
  mp3: ['-c:a', 'libmp3lame', '-q:a', '3', '-id3v2_version', '3', '-f', 'mp3'],
  flac: ['-c:a', 'flac', '-sample_fmt', 's16', '-f', 'flac'],
  ogg: ['-c:a', 'libvorbis', '-q:a', '5', '-f', 'ogg'],
  m4a: ['-c:a', 'aac', '-b:a', '128k', '-f', 'ipod'],
};

type Encoding = {
  /** Path of an ffmpeg that has the encoders. */
  readonly encoder: string;
  readonly format: Exclude<DemoFormat, 'wav'>;
  readonly tags: DemoTags;
  readonly target: string;
  readonly signal?: AbortSignal | undefined;
};

/** Encodes a WAV file held in memory into `target`, tags included. @throws Error with the encoder's own words. */
export const encodeClip = async (wav: Buffer, { encoder, format, tags, target, signal }: Encoding): Promise<void> => {
  const metadata = Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
  const options = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', '-f', 'wav', '-i', 'pipe:0'];
  const bitExact = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];
  const args = [...options, ...bitExact, ...metadata, ...CODEC_OPTIONS[format], target];
  const child = spawn(encoder, args, { stdio: ['pipe', 'ignore', 'pipe'], signal });
  // A process that ends early closes its input: its exit status tells the story, not the broken pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(wav);
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const [complaint, status] = await Promise.all([text(child.stderr), ended]);
  if (status !== 0) throw new Error(`${encoder} could not encode ${target}: ${complaint.trim() || `status ${status}`}`);
};
