// SPDX-License-Identifier: Apache-2.0

/** One request of a console file. */
export interface ConsoleRequest {
  /** The comment lines directly above it. */
  readonly comment: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  /** `# @requires painless lookup`: what the cluster must have. */
  readonly requires: readonly string[];
}

const REQUEST_LINE = /^(GET|POST|PUT|DELETE|HEAD)\s+(\S+)$/;

function parseBlock(block: string): ConsoleRequest | null {
  const lines = block.split('\n');
  const start = lines.findIndex((line) => REQUEST_LINE.test(line));
  if (start < 0) return null;
  const [, method = '', path = ''] = REQUEST_LINE.exec(lines[start] ?? '') ?? [];
  const comments = lines.slice(0, start).map((line) => line.replace(/^#\s?/, ''));
  const requires = comments
    .filter((line) => line.startsWith('@requires '))
    .flatMap((line) => line.slice(10).split(/\s+/));
  const body = lines
    .slice(start + 1)
    .join('\n')
    .trim();
  return {
    comment: comments
      .filter((line) => !line.startsWith('@'))
      .join('\n')
      .trim(),
    method,
    path,
    body: body === '' ? null : body,
    requires,
  };
}

/** Splits a console file at its blank lines; blocks of comments alone are headings. */
export function parseConsole(text: string): ConsoleRequest[] {
  return text
    .split(/\n\s*\n/)
    .map((block) => parseBlock(block.trim()))
    .filter((request) => request !== null);
}
