// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DemoClip } from './demo-clip.ts';
import { demoLibrary } from './demo-library.ts';
import { wavFile } from './wav-file.ts';

const clips = demoLibrary();
const count = (key: (clip: DemoClip) => string | number | undefined): Map<string | number, number> => {
  const counts = new Map<string | number, number>();
  for (const clip of clips) {
    const value = key(clip);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
};

/** One clip of everything, so that rendering stays quick. */
const samples = [
  ...clips.filter(({ melody }) => melody === 'greensleeves'),
  ...clips.filter(({ fileName }) => /sounds\/[a-z]+\/[a-z]+-01\./.test(fileName)),
];
const rendered = samples.map((clip) => ({ clip, audio: clip.render() }));

/** Share of zero crossings times the rate: a cheap stand-in for the spectral centroid, in hertz. */
const brightnessHz = (signal: Float32Array, sampleRateHz: number): number => {
  let difference = 0;
  let level = 0;
  for (let i = 1; i < signal.length; i++) {
    difference += (signal[i]! - signal[i - 1]!) ** 2;
    level += signal[i]! ** 2;
  }
  return (Math.sqrt(difference / level) * sampleRateHz) / (2 * Math.PI);
};

describe('demoLibrary', () => {
  it('plays every melody on every instrument, and every kind of sound in eight variants or more', () => {
    expect(clips).toHaveLength(240);
    expect([...count(({ melody }) => melody).values()]).toEqual(Array.from({ length: 16 }, () => 9));
    expect([...count(({ instrument }) => instrument).values()]).toEqual(Array.from({ length: 9 }, () => 16));
    const kinds = count(({ kind }) => kind);
    expect(kinds.size).toBe(10);
    expect(Math.min(...kinds.values())).toBeGreaterThanOrEqual(8);
  });

  it('mixes formats, rates, mono and stereo, six to twelve seconds long', () => {
    const formats = count(({ format }) => format);
    expect([...formats.keys()].sort()).toEqual(['flac', 'm4a', 'mp3', 'ogg', 'wav']);
    expect(Math.min(...formats.values())).toBeGreaterThanOrEqual(10);
    expect(count(({ channels }) => channels).size).toBe(2);
    const rates = [...count(({ sampleRateHz }) => sampleRateHz).keys()].map(Number);
    expect([Math.min(...rates), Math.max(...rates)]).toEqual([16_000, 48_000]);
    expect(clips.every(({ seconds }) => seconds >= 6 && seconds <= 12)).toBe(true);
  });

  it('names each clip once, by melody and instrument or by kind', () => {
    expect(new Set(clips.map(({ fileName }) => fileName)).size).toBe(240);
    for (const { fileName, title, genre, instrument, melody, kind, tags } of clips) {
      expect(fileName).toContain(kind ?? instrument ?? '?');
      expect(fileName.startsWith(kind === undefined ? `music/${melody}/` : `sounds/${kind}/`)).toBe(true);
      expect([tags.title, tags.genre, tags.comment]).toEqual([title, genre, kind ?? instrument]);
    }
  });

  it('is loud enough, never clips, and starts and ends without a click', () => {
    for (const { clip, audio } of rendered) {
      expect(audio.channels).toHaveLength(clip.channels);
      expect(audio.sampleRateHz).toBe(clip.sampleRateHz);
      for (const channel of audio.channels) {
        expect(channel.length, clip.fileName).toBe(Math.round(clip.seconds * clip.sampleRateHz));
        const peak = channel.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
        const level = Math.sqrt(channel.reduce((sum, value) => sum + value * value, 0) / channel.length);
        expect(peak, clip.fileName).toBeLessThanOrEqual(0.9);
        expect(20 * Math.log10(level), clip.fileName).toBeGreaterThan(-36);
        expect(20 * Math.log10(level), clip.fileName).toBeLessThan(-14);
        expect(Math.abs(channel[0]!), clip.fileName).toBeLessThan(0.001);
        expect(Math.abs(channel.at(-1)!), clip.fileName).toBeLessThan(0.001);
      }
    }
  });

  it('gives the instruments different brightness on the same melody', () => {
    const brightness = rendered
      .filter(({ clip }) => clip.melody !== undefined)
      .map(({ audio }) => brightnessHz(audio.channels[0]!, audio.sampleRateHz));
    expect(Math.max(...brightness) / Math.min(...brightness)).toBeGreaterThan(2);
    expect(new Set(brightness.map((value) => Math.round(value / 20))).size).toBeGreaterThanOrEqual(7);
  });

  it('renders the same bytes every time and on every machine', () => {
    const digest = createHash('sha256');
    const files = rendered.map(({ clip, audio }) => wavFile(audio, clip.tags));
    for (const file of files) digest.update(file);
    expect(wavFile(samples[0]!.render(), samples[0]!.tags).equals(files[0]!)).toBe(true);
    // Where this changes on purpose, LIBRARY_VERSION changes with it.
    expect(digest.digest('hex').slice(0, 16)).toBe('a87c8af0a49852d3');
  });
});
