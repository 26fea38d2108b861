// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { classifyInput } from './classify-input.ts';

const bytes = Buffer.from('RIFF plus enough bytes to be longer than sixty-four letters of base64');
const base64 = bytes.toString('base64');
const dataUri = `data:audio/wav;base64,${base64}`;

test.each([
  ['a data: URI', dataUri],
  ['a data: URI with a parameter', `data:audio/ogg;codecs=opus;base64,${base64}`],
  ['bare base64', base64],
  ['a content object', { content: [{ type: 'audio', format: 'base64', value: base64 }] }],
  ['a content object that is no array', { content: { type: 'audio', format: 'base64', value: dataUri } }],
  ['a content object by itself', { type: 'audio', format: 'base64', value: base64 }],
  ['a content object without a format', { content: [{ type: 'audio', value: dataUri }] }],
  ['an audio object', { audio: dataUri }],
  ['an audio object of bare base64', { audio: base64 }],
])('%s is audio', (_name, item) => {
  expect(classifyInput(item, 'input[0]', { model: 'tiny-1', acceptsText: false })).toEqual({ kind: 'audio', bytes });
});

test.each(['http://127.0.0.1/a.wav', 'HTTPS://example.org/a.wav', 's3://bucket/key', 'file:///etc/passwd', 'ftp://x/'])(
  '%s is an address, as a string and as an audio object',
  (address) => {
    expect(classifyInput(address, 'input[0]', { model: 'tiny-1', acceptsText: false })).toEqual({
      kind: 'address',
      address,
    });
    expect(classifyInput({ audio: address }, 'input[0]', { model: 'tiny-1', acceptsText: false })).toEqual({
      kind: 'address',
      address,
    });
  },
);

test('the literal that asks for dims is answered', () => {
  expect(classifyInput('how big', 'input[0]', { model: 'tiny-1', acceptsText: false })).toEqual({ kind: 'probe' });
});

test.each([
  ['rain on a roof', 'model_does_not_embed_text'],
  ['rain', 'model_does_not_embed_text'],
  [[1, 2, 3], 'model_does_not_embed_text'],
  ['data:image/png;base64,iVBORw0KGgo=', 'invalid_audio_input'],
  ['data:audio/wav,hello', 'invalid_audio_input'],
  ['data:audio/wav;base64,', 'invalid_audio_input'],
  ['data:audio/wav;base64,UklG*…', 'invalid_audio_input'],
  ['data:;base64,UklG', 'invalid_audio_input'],
  [{ content: [{ type: 'text', value: 'x' }] }, 'model_does_not_embed_text'],
  [{ text: 'rain' }, 'model_does_not_embed_text'],
  [{ audio: 'rain on a roof' }, 'invalid_audio_input'],
  [{ type: 'audio', format: 'mp3', value: base64 }, 'invalid_audio_input'],
  [{ content: [] }, 'invalid_audio_input'],
  [null, 'invalid_audio_input'],
])('%j is refused as %s', (item, code) => {
  expect(() => classifyInput(item, 'input[3]', { model: 'tiny-1', acceptsText: false })).toThrow(
    expect.objectContaining({ code, param: 'input[3]' }),
  );
});

test.each([
  ['a string', 'rain on a roof'],
  ['the literal that asks for dims', 'how big'],
  ['a content object', { content: [{ type: 'text', value: 'rain on a roof' }] }],
  ['a content object by itself', { type: 'text', value: 'rain on a roof' }],
  ['a text object', { text: 'file: rain' }],
])('%s is text where words are embedded', (_name, item) => {
  expect(classifyInput(item, 'input[0]', { model: 'tiny-1', acceptsText: true })).toMatchObject({ kind: 'text' });
});

test('audio stays audio where words are embedded, and no words are no text', () => {
  const target = { model: 'tiny-1', acceptsText: true };
  expect(classifyInput(dataUri, 'input[0]', target)).toEqual({ kind: 'audio', bytes });
  expect(() => classifyInput('', 'input[2]', target)).toThrow(expect.objectContaining({ code: 'empty_input' }));
});
