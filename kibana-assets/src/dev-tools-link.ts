// SPDX-License-Identifier: Apache-2.0
import lz from 'lz-string';

const LOAD_FROM = 'load_from=data:text/plain,';

/** Longest link we print; browsers and proxies cut longer ones. */
export const MAX_LINK_LENGTH = 8000;

/**
 * Address that opens Kibana's Dev Tools with the text in its console (appended to what is there).
 * Kibana reads lz-string, not percent encoding. Returns null when the link would be too long.
 */
export function devToolsLink(kibanaUrl: string, consoleText: string, kibanaSpace?: string): string | null {
  const base = `${kibanaUrl.replace(/\/+$/, '')}${kibanaSpace ? `/s/${kibanaSpace}` : ''}`;
  const link = `${base}/app/dev_tools#/console?${LOAD_FROM}${lz.compressToEncodedURIComponent(consoleText)}`;
  return link.length <= MAX_LINK_LENGTH ? link : null;
}

/** The console text inside such a link. */
export function consoleTextOf(link: string): string | null {
  const at = link.indexOf(LOAD_FROM);
  return at < 0 ? null : lz.decompressFromEncodedURIComponent(link.slice(at + LOAD_FROM.length));
}
