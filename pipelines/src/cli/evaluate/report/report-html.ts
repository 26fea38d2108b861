// SPDX-License-Identifier: Apache-2.0
import type { TextTable } from '../draw-table.ts';
import { drawChart } from './draw-chart.ts';
import type { Report, ReportBlock } from './report-block.ts';
import { THEME } from './report-theme.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

const STYLE = `
${THEME}
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--grid); padding: .25rem .6rem; text-align: left; }
figure { margin: 1rem 0; overflow-x: auto; }
figcaption { font-size: .9em; opacity: .8; }
`;

function tableHtml({ head, rows }: TextTable): string {
  const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('\n')}</tbody></table>`;
}

async function blockHtml(block: ReportBlock): Promise<string> {
  if (block.kind === 'heading') return `<h2>${escapeHtml(block.text)}</h2>`;
  if (block.kind === 'text') return `<p>${escapeHtml(block.text)}</p>`;
  if (block.kind === 'table') return tableHtml(block.table);
  const svg = await drawChart(block.spec);
  return `<figure role="img" aria-label="${escapeHtml(block.title)}">${svg}<figcaption>${escapeHtml(block.title)}</figcaption></figure>`;
}

/** One file without scripts that takes nothing from elsewhere; light and dark. */
export async function reportHtml({ title, blocks }: Report): Promise<string> {
  const body = await Promise.all(blocks.map(blockHtml));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</body>
</html>
`;
}
