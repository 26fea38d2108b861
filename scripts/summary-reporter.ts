// SPDX-License-Identifier: Apache-2.0
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  /** One line each: file, title, and the reason where the test gave one. */
  readonly skipped: readonly string[];
}

function describeSkip(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' && result.note ? `: ${result.note}` : '';
  return `${test.module.relativeModuleId} › ${test.fullName}${note}`;
}

/** A file that does not load, or a hook that fails outside every test, is a failure as well. */
function failuresOutsideTests(module: TestModule): number {
  const suites = [...module.children.allSuites()];
  return module.errors().length + suites.filter((suite) => suite.errors().length > 0).length;
}

/** Collects what ran, for the closing lines of `npm test`. */
export function createSummaryReporter(): Reporter & { summary(): TestSummary } {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  return {
    onTestRunEnd(modules, unhandledErrors) {
      failed += unhandledErrors.length;
      for (const module of modules) {
        failed += failuresOutsideTests(module);
        for (const test of module.children.allTests()) {
          const { state } = test.result();
          if (state === 'passed') passed += 1;
          else if (state === 'skipped') skipped.push(describeSkip(test));
          // Left pending: its file was cut off.
          else failed += 1;
        }
      }
    },
    summary: () => ({ passed, failed, skipped }),
  };
}

/** Skips with their reasons, then the one line that scripts look for. */
export function formatSummary({ passed, failed, skipped }: TestSummary): string {
  const list = skipped.length === 0 ? [] : ['Skipped here:', ...skipped.map((line) => `  ${line}`), ''];
  return [...list, `${passed} passed, ${failed} failed, ${skipped.length} skipped`].join('\n');
}
