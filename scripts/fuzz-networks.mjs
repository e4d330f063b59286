/**
 * `npm run fuzz:networks`: damaged ONNX, TensorFlow and Keras files through the readers, shape inference, features and
 * the simulation of memory.
 *
 *   node scripts/fuzz-networks.mjs [--count 1000000] [--seed 1] [--only 12345] [--state FILE [--seconds 240]]
 */
import { inspectNetwork, Mutations } from '../dist/abacus/graph/mutations.js';
import { fuzz } from './lib/fuzz.mjs';

fuzz({
  what: 'networks',
  mutationsOf: (seed) => new Mutations(seed),
  inspect: inspectNetwork,
  outcomes: { refused: 'refused', read: 'read' },
});
