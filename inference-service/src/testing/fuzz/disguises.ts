// SPDX-License-Identifier: Apache-2.0
import type { Random } from './random.ts';

/** Files that decoders know how to open and that this service must not: they name other files or hold none. */
const DISGUISES: readonly string[] = [
  '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
  '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nhttp://127.0.0.1:1/a.ts\n',
  "ffconcat version 1.0\nfile '/etc/passwd'\n",
  '[playlist]\nFile1=/etc/passwd\nNumberOfEntries=1\nVersion=2\n',
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><MPD>&b;</MPD>',
  '<!doctype html><title>Sign in</title><p>not audio',
  '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
  '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0',
  'GIF89a\x01\0\x01\0\0\0\0;',
  '%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n',
  'PK\x03\x04\x14\0\0\0\0\0',
  'RIFF\xff\xff\xff\xffAVI LIST',
  'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n',
  '{"not":"audio"}',
  '#!/bin/sh\ntouch /tmp/pwned\n',
  '',
];

export const disguise = (random: Random): Buffer => Buffer.from(random.pick(DISGUISES), 'latin1');
