/** What `import … from 'foretoken/abacus'` gives: the cost predictor. */
export { CostModel, type CostPrediction, type CostQuestion, type OperatorCost } from './cost-model.js';
export { describedDevice, deviceOf, DEVICES, findDevice, readDevice, type Device } from './devices.js';
export { readNetwork } from './graph/read.js';
export type { Network, OperatorGraph, Optimizer, Phase, Precision } from './graph/types.js';
export type { Framework } from './work.js';
export { MeasuredMachine, type MeasuredStep } from './measured-machine.js';
export { readTorchProfile, type ProfiledStep } from './torch-profile.js';
