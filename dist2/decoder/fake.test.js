import { decoderConformance } from './conformance.js';
import { FakeDecoder } from './fake.js';
decoderConformance('fake, unified', () => new FakeDecoder({ cellCount: 256, branchSequences: 2 }), 0);
decoderConformance('fake, a stream each', () => new FakeDecoder({ cellCount: 256, maxSequences: 4, unified: false }), 0);
//# sourceMappingURL=fake.test.js.map