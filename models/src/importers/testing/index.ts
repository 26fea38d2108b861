// SPDX-License-Identifier: Apache-2.0
export { narrowLayout, narrowTensors, writeTensors } from './write-panns-checkpoint.ts';
