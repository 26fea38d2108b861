// SPDX-License-Identifier: Apache-2.0

const ascii = (head: Buffer, at: number, text: string): boolean =>
  head.toString('latin1', at, at + text.length) === text;

/** Frame header of MPEG audio or ADTS: sync, then no reserved version, layer, bit rate or sample rate. */
function isMpegFrame(head: Buffer): boolean {
  const [sync = 0, kind = 0, rates = 0] = head;
  if (sync !== 0xff || (kind & 0xe0) !== 0xe0) return false;
  if ((kind & 0xf6) === 0xf0) return true;
  return (kind & 0x18) !== 0x08 && (kind & 0x06) !== 0 && (rates & 0xf0) !== 0xf0 && (rates & 0x0c) !== 0x0c;
}

/**
 * Whether the first bytes (16 suffice) are those of a container this project decodes. Tells a damaged recording
 * (undecodable) from a file that never was one (not audio).
 */
export function looksLikeAudio(head: Buffer): boolean {
  return (
    (ascii(head, 0, 'RIFF') && ascii(head, 8, 'WAVE')) ||
    (ascii(head, 0, 'FORM') && ascii(head, 8, 'AIF')) ||
    ['RF64', 'riff', 'fLaC', 'OggS', 'ID3', '#!AMR', '.snd', 'caff', 'wvpk', 'MAC '].some((m) => ascii(head, 0, m)) ||
    ascii(head, 4, 'ftyp') ||
    ['1a45dfa3', '3026b275'].includes(head.toString('hex', 0, 4)) ||
    isMpegFrame(head)
  );
}
