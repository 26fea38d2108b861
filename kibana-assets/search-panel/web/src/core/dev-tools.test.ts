// SPDX-License-Identifier: Apache-2.0
import lz from 'lz-string';
import { describe, expect, it } from 'vitest';
import { consoleText, devToolsLink } from './dev-tools.ts';

const request = { method: 'POST', path: '/earshot-audio-spectral-1/_search', body: { size: 10 } };

describe('the Dev Tools link', () => {
  it("uses Kibana's codec (known pair)", () => {
    expect(lz.compressToEncodedURIComponent('hello')).toBe('BYUwNmD2Q');
  });

  it('decodes to the request', () => {
    const link = devToolsLink('http://kibana:5601/s/music/', request) ?? '';
    expect(link.startsWith('http://kibana:5601/s/music/app/dev_tools#/console?load_from=data:text/plain,')).toBe(true);
    const encoded = link.split('data:text/plain,')[1] ?? '';
    expect(lz.decompressFromEncodedURIComponent(encoded)).toBe(consoleText(request));
  });

  it('is not offered when it would be too long', () => {
    const vector = Array.from({ length: 4096 }, (_, i) => Math.sin(i));
    expect(devToolsLink('http://kibana:5601', { ...request, body: { vector } })).toBeUndefined();
  });
});
