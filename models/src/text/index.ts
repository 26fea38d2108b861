// SPDX-License-Identifier: Apache-2.0
export { openTextSession, type TextSession } from './text-session.ts';
