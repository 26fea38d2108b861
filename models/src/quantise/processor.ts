// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';

/**
 * Whether this processor adds products of 8-bit numbers in 32 bits: ARM does, x86 with VNNI. Older x86 adds pairs of
 * them in 16 bits, where two large ones are cut off, unless weights have 7 bits.
 */
export function addsProductsExactly(arch: string = process.arch, cpuinfo = '/proc/cpuinfo'): boolean {
  if (arch !== 'x64') return true;
  try {
    return /^flags\s*:.*\bavx(512)?_vnni\b/m.test(readFileSync(cpuinfo, 'utf8'));
  } catch {
    return false;
  }
}
