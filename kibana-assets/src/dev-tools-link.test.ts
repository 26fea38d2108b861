// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { consoleTextOf, devToolsLink, MAX_LINK_LENGTH } from './dev-tools-link.ts';

test('the link holds the text in the codec that Kibana reads', () => {
  const link = devToolsLink('http://kibana:5601/', 'hello', 'sound');
  expect(link).toBe('http://kibana:5601/s/sound/app/dev_tools#/console?load_from=data:text/plain,BYUwNmD2Q');
  expect(consoleTextOf(link!)).toBe('hello');
});

test('a request with a vector that makes the link too long gives none', () => {
  const vector = Array.from({ length: 2048 }, (_, n) => Math.sin(n)).join();
  expect(devToolsLink('http://kibana', `GET x/_search\n{"v":[${vector}]}`)).toBeNull();
  expect(MAX_LINK_LENGTH).toBe(8000);
});
