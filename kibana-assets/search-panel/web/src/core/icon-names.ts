// SPDX-License-Identifier: Apache-2.0

/**
 * Every icon the page uses. EUI takes any string and turns an unknown one into a broken image request,
 * so a test holds these against its `ICON_TYPES`; use no name that is not here.
 */
export const ICON = {
  play: 'play',
  pause: 'pause',
  close: 'cross',
  inspect: 'inspect',
  copy: 'copy',
  share: 'share',
  like: 'cluster',
  light: 'sun',
  dark: 'moon',
  devTools: 'commandLine',
  search: 'search',
  upload: 'download',
  warning: 'warning',
  retry: 'refresh',
} as const;
