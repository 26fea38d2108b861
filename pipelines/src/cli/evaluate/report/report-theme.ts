// SPDX-License-Identifier: Apache-2.0

/** Colours of a report and its charts, by what the reader's system prefers. */
export const THEME = `:root { --paper: #ffffff; --ink: #1f2328; --grid: #d0d7de; --chance: #b3463c;
  --series-1: #2f6fd0; --series-2: #c8751c; --series-3: #2f8f5f; --series-4: #8f4fa8; --series-5: #6b7280; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181d; --ink: #e6edf3; --grid: #3a424c; --chance: #f08a7e;
  --series-1: #6ea8fe; --series-2: #f0a04b; --series-3: #56c38d; --series-4: #c792e0; --series-5: #a3acb8; } }`;
