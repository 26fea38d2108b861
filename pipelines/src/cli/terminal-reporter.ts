// SPDX-License-Identifier: Apache-2.0
import { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { Progress, Reporter } from '../ports/reporter.ts';

interface Options {
  readonly json: boolean;
  readonly quiet: boolean;
}

function createBar(): SingleBar {
  return new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage}% | {value}/{total} {unit} | {note}',
    hideCursor: true,
    clearOnComplete: false,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
}

/** stdout carries the result only; progress and remarks go to stderr, a bar on a terminal and a line every 5 s elsewhere. */
export function createTerminalReporter({ json, quiet }: Options): Reporter & { stop(): void } {
  let bar: SingleBar | undefined;
  let lastLineAt = 0;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const say = (text: string): void => {
    stop();
    process.stderr.write(`${text}\n`);
  };
  const drawBar = (state: Progress): void => {
    if (!bar) {
      bar = createBar();
      bar.start(state.total, state.done, { unit: state.unit, note: state.note ?? '' });
    }
    bar.setTotal(state.total);
    bar.update(state.done, { unit: state.unit, note: state.note ?? '' });
  };
  const printLine = (state: Progress): void => {
    const isLast = state.total > 0 && state.done >= state.total;
    if (!isLast && Date.now() - lastLineAt < 5000) return;
    lastLineAt = Date.now();
    say(`${state.done}/${state.total || '?'} ${state.unit} ${state.note ?? ''}`.trimEnd());
  };
  return {
    stop,
    line: (text) => {
      if (!json && !quiet) say(text);
    },
    warn: (text) => say(pc.yellow(text)),
    progress: (state) => {
      if (quiet) return;
      if (process.stderr.isTTY) drawBar(state);
      else printLine(state);
    },
    event: (event) => {
      if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
    },
    result: (value, text) => {
      stop();
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
  };
}
