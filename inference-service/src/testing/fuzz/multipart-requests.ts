// SPDX-License-Identifier: Apache-2.0
import { notes } from './audio-seeds.ts';
import { disguise } from './disguises.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { mutatedAudio } from './mutate-audio.ts';
import type { Random } from './random.ts';

const BOUNDARY = 'x-fuzz';
const NAMES = [
  'file',
  'file',
  'file',
  'file',
  '0',
  '__proto__',
  'constructor',
  '',
  'fi\0le',
  'a'.repeat(2000),
  'toString',
];
const FILE_NAMES = ['a.wav', '../../etc/passwd', 'a\0.wav', '', '\xff', 'a"b', 'n'.repeat(5000), 'CON', '%00'];
const CONTENT_TYPES = [
  `multipart/form-data; boundary=${BOUNDARY}`,
  `multipart/form-data; boundary="${BOUNDARY}"`,
  `Multipart/Form-Data;boundary=${BOUNDARY};charset=x`,
];
const BAD_CONTENT_TYPES = [
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary=${'b'.repeat(300)}`,
  'multipart/form-data; boundary=other',
  'multipart/form-data; boundary="',
  `multipart/form-data; charset*=utf-8''%ff; boundary=${BOUNDARY}`,
];

function part(random: Random): Buffer {
  const name = random.chance(0.8) ? 'file' : random.pick(NAMES);
  const isFile = random.chance(0.9);
  const fileName = isFile ? `; filename="${random.pick(FILE_NAMES)}"` : '';
  const extra = random.chance(0.7)
    ? ''
    : random.pick([
        '',
        '',
        'Content-Type: audio/wav\r\n',
        'Content-Transfer-Encoding: base64\r\n',
        'X: \0\r\n',
        'no colon\r\n',
        `Y: ${'y'.repeat(20_000)}\r\n`,
        'Z: 1\r\n'.repeat(100),
      ]);
  const disposition = random.chance(0.95)
    ? `Content-Disposition: form-data; name="${name}"${fileName}\r\n`
    : random.pick(['', 'Content-Disposition: \r\n', "Content-Disposition: form-data; name*=utf-8''%ff\r\n"]);
  const content = random.chance(0.6) ? notes(1) : random.pick([mutatedAudio, disguise])(random);
  return Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\n${disposition}${extra}\r\n`, 'latin1'),
    content,
    Buffer.from('\r\n'),
  ]);
}

function form(random: Random): Buffer {
  const parts = Array.from({ length: random.pick([0, 1, 1, 1, 1, 2, 3, 40]) }, () => part(random));
  const end = Buffer.from(
    random.chance(0.85) ? `--${BOUNDARY}--\r\n` : random.pick([`--${BOUNDARY}--`, '', `--${BOUNDARY}`, '--']),
  );
  const whole = Buffer.concat([...parts, end]);
  if (random.chance(0.15)) return whole.subarray(0, random.below(whole.length + 1));
  if (random.chance(0.1)) whole[random.below(whole.length)] = random.below(256);
  return whole;
}

/** Forms that are cut, without boundary, with several files, with names that are none. */
export const formRequest = (random: Random): FuzzRequest => ({
  kind: 'form',
  dialect: 'native',
  form: 'audio',
  method: 'POST',
  target: random.pick([
    '/v1/audio/embeddings',
    '/v1/audio/embeddings?model=tiny-1',
    '/v1/audio/embeddings?model=tiny-1,spectral-1&segments=true',
  ]),
  headers: [['Content-Type', random.pick(random.chance(0.8) ? CONTENT_TYPES : BAD_CONTENT_TYPES)]],
  body: form(random),
});
