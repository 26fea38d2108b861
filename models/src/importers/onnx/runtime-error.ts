// SPDX-License-Identifier: Apache-2.0
import { ImportError } from '../import-error.ts';

const MAX_TEXT = 300;

/** What ONNX Runtime says about a graph that it does not know how to run; each names an operator. */
const UNSUPPORTED = [
  /(?<op>[\w.:-]+)\(-?\d+\) is not a registered function\/op/,
  /No Op registered for (?<op>[\w.:-]+) with domain_version of \d+/,
  /Could not find an implementation for (?<op>[\w.:-]+)\(\d+\) node with name '(?<node>[^']*)'/,
  /No opset import for domain '(?<domain>[\w.:-]*)/,
  /Unsupported model IR version: \d+, max supported IR version: \d+/,
];

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
};

/** What is left of a message without where in ONNX Runtime's sources it comes from, and without our temporary file. */
const withoutSource = (text: string): string =>
  text
    .replace(/Load model from \S+ failed: ?/, '')
    .replace(/(?:[^\s:]*\/)+[\w.]+:\d+\s+(?:[\w:<>~ ]+\([^)]*\)\s*(?:const\s*)?)?/g, '');

/**
 * ONNX Runtime's complaint as an error of ours.
 * @param doing what failed, such as `opening the graph`
 */
export function runtimeError(error: unknown, file: string, doing: string): ImportError {
  const text = error instanceof Error ? error.message : String(error);
  for (const pattern of UNSUPPORTED) {
    const found = pattern.exec(text);
    if (!found) continue;
    const { op, node, domain } = found.groups ?? {};
    const operator = op ? `operator ${op}${node ? ` (node ${node})` : ''} ` : domain ? `operators of ${domain} ` : '';
    const what = `${operator}cannot be run here`;
    return new ImportError('GRAPH_UNSUPPORTED', `${file}: ${what}: ${oneLine(withoutSource(text))}`, error);
  }
  return new ImportError('GRAPH_MISMATCH', `${file}: ${doing} failed: ${oneLine(withoutSource(text))}`, error);
}
