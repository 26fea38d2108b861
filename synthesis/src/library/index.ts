// SPDX-License-Identifier: Apache-2.0
export type { DemoClip, DemoFormat, DemoTags, RenderedClip } from './demo-clip.ts';
export { demoHum } from './demo-hum.ts';
export { demoLibrary, LIBRARY_VERSION } from './demo-library.ts';
export { wavFile } from './wav-file.ts';
export { writeDemoLibrary } from './write-demo-library.ts';
