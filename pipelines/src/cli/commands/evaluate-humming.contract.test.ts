// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type EarshotResult,
  type ListeningProcess,
  makeTempDir,
  runEarshot,
  startInferenceService,
} from '@earshot/e2e/support';
import { generateMelodies, type MelodyNote, pitchTrackOfNotes } from '@earshot/models/evaluation';
import { writeMelodySpace } from '@earshot/models/testing';
import { writeMidi } from 'midi-file';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { singNotes } from '../../testing/sing-notes.ts';

const models = makeTempDir('models');
let service: ListeningProcess;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  await writeMelodySpace(models);
  service = await startInferenceService({ env: { EARSHOT_MODELS_DIR: models } });
  env = { EARSHOT_MODELS_DIR: models, EARSHOT_INFERENCE_URL: service.url };
});
afterAll(() => service?.stop());

const melodies = generateMelodies(7, 77);
const melody = (song: number): MelodyNote[] => melodies[song] as MelodyNote[];

function midi(notes: readonly MelodyNote[]): Uint8Array {
  let at = 0;
  const events = notes.flatMap(({ startSeconds, seconds, pitch: noteNumber }) => {
    const deltaTime = Math.round((startSeconds - at) * 960);
    at = startSeconds + seconds;
    const note = { channel: 0, noteNumber, velocity: 90 };
    return [
      { type: 'noteOn' as const, deltaTime, ...note },
      { type: 'noteOff' as const, deltaTime: Math.round(seconds * 960), ...note },
    ];
  });
  const tracks = [[...events, { type: 'endOfTrack' as const, deltaTime: 0 }]];
  return Uint8Array.from(writeMidi({ header: { format: 0, numTracks: 1, ticksPerBeat: 480 }, tracks }));
}

/** The beginning of a song, in another key and tempo. */
function hum(song: number, { semitones, tempo }: { readonly semitones: number; readonly tempo: number }): MelodyNote[] {
  return melody(song)
    .map(({ startSeconds, seconds, pitch }) => ({
      startSeconds: startSeconds / tempo,
      seconds: seconds / tempo,
      pitch: pitch + semitones,
    }))
    .filter(({ startSeconds, seconds }) => startSeconds + seconds < 8);
}

function labels(notes: readonly MelodyNote[]): string {
  return [...pitchTrackOfNotes(notes)].map((pitch) => (Number.isNaN(pitch) ? 0 : pitch)).join('\n');
}

function makeFolder(contents: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = makeTempDir('humming');
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const evaluate = (...args: string[]): Promise<EarshotResult> =>
  runEarshot(['evaluate', 'humming', '--space', 'tune-1', ...args], { env });

describe('earshot evaluate humming', () => {
  const lower = { semitones: -4, tempo: 1.1 };
  const targets = makeFolder({
    '0.mid': midi(melody(0)),
    'more/1.midi': midi(melody(1)),
    '2.mid': midi(melody(2)),
    '3.wav': singNotes(melody(3)),
    'broken.mid': 'MThd and nothing else',
    'list.txt': 'no song',
  });
  const hums = makeFolder({
    'anna/0.wav': singNotes(hum(0, lower)),
    'anna/0.pv': labels(hum(0, lower)),
    'anna/1.wav': singNotes(hum(1, { semitones: 2, tempo: 0.9 })),
    'ben/2.wav': singNotes(hum(2, lower)),
    'ben/2.pv': 'not a number',
    'ben/3.wav': singNotes(hum(3, lower)),
    'ben/6.wav': singNotes(hum(6, lower)),
    'clara/1.wav': singNotes([{ startSeconds: 0, seconds: 6, pitch: 60 }]),
  });

  test('hums find their songs among MIDI files, recordings and generated melodies; what is left out is counted', async () => {
    const report = join(makeTempDir('report'), 'humming.md');
    const args = ['--hums', hums, '--targets', targets, '--distractors', '12', '--report', report];
    const { code, stdout, stderr } = await evaluate(...args, '--json');
    expect(stderr).not.toContain('Error');
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      space: 'tune-1',
      counts: {
        hums: 6,
        with_song: 5,
        absent_song: 1,
        labelled: 1,
        people: 3,
        targets: 5,
        distractors: 12,
        pool: 16,
        no_melody: { audio: 1, labels: 0 },
        targets_without_melody: 0,
        unreadable: 2,
      },
      no_melody: { audio: ['clara/1.wav'], labels: [] },
      unreadable: [
        { key: 'broken.mid', code: 'midi_unreadable' },
        { key: 'ben/2.pv', code: 'labels_unreadable' },
      ],
    });
    const rows = result.results as { from: string; pitch: string; ranked_by: string; queries: number; mrr: object }[];
    expect(rows.map(({ from, pitch, ranked_by }) => `${from} ${pitch} ${ranked_by}`)).toEqual([
      ...['single', 'versions', 'reranked'].map((by) => `start audio ${by}`),
      ...['single', 'versions', 'reranked'].map((by) => `start labels ${by}`),
      ...['single', 'versions', 'reranked'].map((by) => `anywhere audio ${by}`),
      ...['single', 'versions', 'reranked'].map((by) => `anywhere labels ${by}`),
    ]);
    expect(rows[2]).toMatchObject({ queries: 5, recall_1: { value: 0.8, by_person: { low: expect.any(Number) } } });
    expect(rows[5]).toMatchObject({ queries: 1, recall_1: { value: 1 } });
    expect(result.weak_match[1]).toMatchObject({ from: 'anywhere', present: 4, absent: 5, taken_out: 4 });
    expect(result.missed[0].hums).toEqual([{ hum: 'clara/1.wav', rank: null, first: null }]);
    expect(code).toBe(3);
    expect(readFileSync(report, 'utf8')).toContain('# Humming in tune-1');
    expect(existsSync(report.replace('.md', '.weak-matches-start.svg'))).toBe(true);
  });

  test('a table says what is meant, and a terminal shows tables', async () => {
    const truth = join(
      makeFolder({ 'truth.csv': 'hum,target\nanna/0.wav,0.mid\nben/3,3.wav\nben/6.wav,\n' }),
      'truth.csv',
    );
    const { code, stdout } = await evaluate('--hums', hums, '--targets', targets, '--truth', truth, '--from', 'start');
    expect(stdout).toContain('6 hums of 3 people');
    expect(stdout).toContain('2 have their song among the targets, 4 ask for one that is not there');
    expect(stdout).toContain('Pool: 4 songs');
    expect(stdout).toContain('reranked');
    expect(stdout).not.toContain('anywhere');
    expect(code).toBe(3);
  });

  test.each([
    [
      'hums that mean nothing',
      ['--hums', targets, '--targets', makeFolder({ 'x.mid': midi(melody(0)) })],
      'NOTHING_TO_EVALUATE',
      'the same name',
    ],
    [
      'no recordings',
      ['--hums', makeFolder({ 'a.txt': '' }), '--targets', targets],
      'NOTHING_TO_EVALUATE',
      'has no recordings',
    ],
    [
      'several spaces of melodies, none of them named',
      ['--hums', hums, '--targets', targets, '--space', 'spectral-1'],
      'USAGE',
      'there are melody-1, tune-1',
    ],
  ])('%s: refused with code and remedy', async (_what, args, error, message) => {
    const { code, stdout } = await evaluate(...args, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: error, message: expect.stringContaining(message), remedy: expect.any(String) },
    });
    expect(code).toBe(2);
  });
});
