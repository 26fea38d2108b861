// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { countGpus, planDevices } from './plan-devices.ts';

const two = (): Promise<number> => Promise.resolve(2);

test('unnamed, the first provider that works gets a host, and every further GPU one once CUDA works', async () => {
  expect(await planDevices([], ['cuda', 'cpu'], two)).toEqual({
    devices: [{ name: 'auto', eps: ['cuda', 'cpu'], deviceId: 0 }],
    onceCudaWorks: [{ name: 'cuda:1', eps: ['cuda'], deviceId: 1 }],
  });
  expect((await planDevices([], ['cpu'], two)).onceCudaWorks).toEqual([]);
});

test('named devices have one provider each, and no substitute', async () => {
  expect((await planDevices(['cuda', 'cuda:3', 'cpu'], ['webgpu'], two)).devices).toEqual([
    { name: 'cuda:0', eps: ['cuda'], deviceId: 0 },
    { name: 'cuda:3', eps: ['cuda'], deviceId: 3 },
    { name: 'cpu', eps: ['cpu'], deviceId: 0 },
  ]);
});

test.each([
  ['0,2', 2],
  ['GPU-8932f937,1,-1,3', 2],
  ['', 0],
  ['-1', 0],
  ['NoDevFiles', 0],
])('CUDA_VISIBLE_DEVICES=%s shows %i GPUs', async (visible, count) => {
  expect(await countGpus({ CUDA_VISIBLE_DEVICES: visible })).toBe(count);
});
