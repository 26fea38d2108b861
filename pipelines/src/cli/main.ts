#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from 'node:v8';

// V8's young generation stays at its first size. Loading the sources would let it grow to its most, which takes some
// 50 MB for good and was not seen to save time; it must be said before they are loaded.
setFlagsFromString('--semi-space-growth-factor=1');
await import('./program.ts');
