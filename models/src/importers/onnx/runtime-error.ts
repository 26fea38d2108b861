// SPDX-License-Identifier: Apache-2.0
import { ImportError } from '../import-error.ts';

const MAX_TEXT = 300;

/** What ONNX Runtime says about a graph that it does not know how to run; each names an operator. */
const UNSUPPORTED = [
  /(?<op>[\w.:-]+)\(-?\d+\) is not a registered function\/op/,
  /No Op registered for (?<op>[\w.:-]+) with domain_version of \d+/,
  /Could not find an implementation for (?<op>[\w.:-]+)\(\d+\) node with name '(?<node>[^']*)'/,
  /(?:No opset import for domain|ONNX Runtime only .*guarantees.* for domain) '?(?<op>[\w.:-]*)/,
  /Unsupported model IR version: \d+, max supported IR version: \d+/,
];

const oneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
};

/** What is left of a message without where in ONNX Runtime's sources it comes from. */
const withoutSource = (text: string): string =>
  text.replace(/(?:[^\s:]*\/)+[\w.]+:\d+\s+(?:[\w:<>~ ]+\([^)]*\)\s*(?:const\s*)?)?/g, '');

/**
 * ONNX Runtime's complaint as an error of ours.
 * @param doing what failed, such as `opening the graph`
 */
export function runtimeError(error: unknown, file: string, doing: string): ImportError {
  const text = error instanceof Error ? error.message : String(error);
  for (const pattern of UNSUPPORTED) {
    const found = pattern.exec(text);
    if (!found) continue;
    const { op, node } = found.groups ?? {};
    const what = op ? `operator ${op}${node ? ` (node ${node})` : ''} cannot be run here` : 'cannot be run here';
    return new ImportError('GRAPH_UNSUPPORTED', `${file}: ${what}: ${oneLine(withoutSource(text))}`, error);
  }
  return new ImportError('GRAPH_MISMATCH', `${file}: ${doing} failed: ${oneLine(withoutSource(text))}`, error);
}
