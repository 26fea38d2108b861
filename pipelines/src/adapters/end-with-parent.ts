// SPDX-License-Identifier: Apache-2.0

/**
 * Loaded before a program that another one starts for itself: when that one is gone, even by a kill, its end of the pipe
 * closes and the program stops too.
 */
process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();
