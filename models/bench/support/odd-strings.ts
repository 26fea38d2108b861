// SPDX-License-Identifier: Apache-2.0

const FIXED = [
  'a dog barking in the rain',
  ' leading space',
  'trailing space ',
  'two  spaces   three',
  '\ttab\nline\r\nbreak',
  'UPPER lower Title',
  "don't, it's; we'll've — “quoted” …",
  '3.14159, 1,000,000 and 42nd',
  'https://example.org/a?b=c&d=%20',
  'foo_bar-baz.qux()[0]{x}',
  '日本語の音声検索',
  '中文 声音 检索',
  '한국어 소리',
  'звук дождя по крыше',
  'صوت المطر',
  'ध्वनि',
  'éèêëàüöß',
  'e\u0301e\u0300 combining',
  'Z\u0351\u036b\u0343\u036a\u0302alg\u0300\u0301\u0302o',
  '👍🏽👩‍👩‍👧‍👦🏳️‍🌈🇩🇪',
  '🐕 barks at 🐈',
  '\u00a0no-break\u2003em\u3000ideographic space',
  '\u200bzero\u200dwidth\ufeffmark',
  '<s> </s> <pad> <unk>',
  'a <mask> b',
  'x<mask>y',
  '<s>nested</s>',
  '!!!???...',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  '-'.repeat(200),
  ' '.repeat(20),
  'ﬁ ligature ① ㎏ Ⅳ',
  '\u0000\u0001\u001f control',
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝒷ℯ𝓎ℴ𝓃𝒹',
  'constructor __proto__ toString hasOwnProperty',
];

/** Ranges of characters that random strings are made of. */
const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x24f],
  [0x300, 0x36f],
  [0x400, 0x4ff],
  [0x590, 0x6ff],
  [0x900, 0x97f],
  [0x2000, 0x206f],
  [0x3040, 0x30ff],
  [0x4e00, 0x4fff],
  [0xac00, 0xacff],
  [0x1f300, 0x1f64f],
];

/** Strings that tokenizers stumble over, and seeded random ones of many scripts, mixed with spaces. */
export function oddStrings(count: number, seed: number): string[] {
  let state = seed >>> 0;
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const character = ([from, to]: readonly [number, number]): string =>
    random(6) === 0 ? ' ' : String.fromCodePoint(from + random(to - from + 1));
  const made = Array.from({ length: Math.max(0, count - FIXED.length) }, () => {
    const ranges = Array.from({ length: 1 + random(3) }, () => RANGES[random(RANGES.length)] ?? RANGES[0]);
    return Array.from({ length: 1 + random(60) }, () => {
      const range = ranges[random(ranges.length)];
      return range ? character(range) : '';
    }).join('');
  });
  return [...FIXED, ...made];
}
