// SPDX-License-Identifier: Apache-2.0
import type { TextTable } from '../draw-table.ts';
import { drawChart } from './draw-chart.ts';
import type { Report, ReportBlock } from './report-block.ts';
import { THEME } from './report-theme.ts';

/** A file of a report. */
export interface ReportPart {
  readonly name: string;
  readonly text: string;
}

const escapeMarkdown = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|~]/g, '\\$&');

function tableMarkdown({ head, rows }: TextTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** An image of its own has to bring its colours along. */
const withTheme = (svg: string): string =>
  svg.replace(/<svg[^>]*>/, (tag) => `${tag}<style>${THEME} svg { background: var(--paper); }</style>`);

function blockMarkdown(block: ReportBlock, chartName: (name: string) => string): string {
  if (block.kind === 'heading') return `## ${escapeMarkdown(block.text)}`;
  if (block.kind === 'text') return escapeMarkdown(block.text);
  if (block.kind === 'table') return tableMarkdown(block.table);
  return `![${escapeMarkdown(block.title)}](${encodeURIComponent(chartName(block.name))})\n\n${escapeMarkdown(block.title)}`;
}

/** A Markdown file and beside it an SVG a chart. @param base name of the files, without extension */
export async function reportMarkdown({ title, blocks }: Report, base: string): Promise<ReportPart[]> {
  const chartName = (name: string): string => `${base}.${name}.svg`;
  const text = [`# ${escapeMarkdown(title)}`, ...blocks.map((block) => blockMarkdown(block, chartName))].join('\n\n');
  const charts = blocks.filter((block) => block.kind === 'chart');
  const parts = charts.map(async ({ name, spec }) => ({
    name: chartName(name),
    text: withTheme(await drawChart(spec)),
  }));
  return [{ name: `${base}.md`, text: `${text}\n` }, ...(await Promise.all(parts))];
}
