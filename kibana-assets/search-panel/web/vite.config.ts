// SPDX-License-Identifier: Apache-2.0
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { thirdPartyNotices } from '../build/third-party-notices.ts';

export default defineConfig({
  /** Relative: the panel may live under a path of a reverse proxy. */
  base: './',
  plugins: [react({ jsxImportSource: '@emotion/react' }), thirdPartyNotices()],
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 2000, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': 'http://127.0.0.1:8780' } },
});
