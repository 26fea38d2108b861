// SPDX-License-Identifier: Apache-2.0
import { extname } from 'node:path';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.oga': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.m4a': 'audio/mp4',
  '.mp4': 'audio/mp4',
  '.aac': 'audio/aac',
  '.webm': 'audio/webm',
  '.aif': 'audio/aiff',
  '.aiff': 'audio/aiff',
};

/** Only audio types leave this route: a file named .html in the source must not run as a page. */
export const audioContentType = (key: string): string =>
  BY_EXTENSION[extname(key).toLowerCase()] ?? 'application/octet-stream';
