import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { token, type Token } from '../base/types.js';
import { LlamaGrammar } from './grammar.js';
import { loadLibrary } from './library.js';
import { DEMO_MODEL } from './test-models.js';
import { Vocabulary } from './vocabulary.js';

describe('grammar', () => {
  const library = loadLibrary();
  const vocabulary = Vocabulary.open(DEMO_MODEL);
  after(() => {
    vocabulary.dispose();
  });
  const parse = (gbnf: string): LlamaGrammar => LlamaGrammar.parse(library, vocabulary, gbnf);
  const allowed = (grammar: LlamaGrammar): Token[] =>
    Array.from({ length: vocabulary.size }, (_, id) => token(id)).filter((id) => grammar.allows(id));
  const textOf = (id: number): string => vocabulary.detokenize([id]);

  it('allows what continues a text, and the end only where it may end', () => {
    const grammar = parse('root ::= "yes" | "no"');
    const begins = allowed(grammar).map(textOf);
    assert.ok(begins.includes('y') && begins.includes('n'));
    assert.ok(begins.every((text) => 'yes'.startsWith(text) || 'no'.startsWith(text)));
    assert.ok(!grammar.allows(vocabulary.eos!));
    for (const id of vocabulary.tokenize('no')) grammar.accept(token(id));
    const ends = allowed(grammar);
    assert.ok(ends.includes(vocabulary.eos!));
    assert.ok(ends.every((id) => vocabulary.isEndOfGeneration(id)));
    grammar.accept(vocabulary.eos!);
    grammar.dispose();
  });

  it('masks exactly the tokens that it does not allow', () => {
    const grammar = parse('root ::= [a-z]+ " " [0-9]+');
    for (const text of ['', 'ab', ' ', '7']) {
      for (const id of vocabulary.tokenize(text)) grammar.accept(token(id));
      const logits = Float32Array.from({ length: vocabulary.size }, (_, id) => id / 7 - 100);
      const expected = logits.map((logit, id) => (grammar.allows(token(id)) ? logit : -Infinity));
      grammar.mask(logits);
      assert.deepEqual(logits, expected, `after "${text}"`);
      assert.ok(logits.some((logit) => logit !== -Infinity));
    }
    grammar.dispose();
  });

  it('follows characters that are spread over tokens', () => {
    const grammar = parse('root ::= "👩‍👧" [é漢]');
    for (const id of vocabulary.tokenize('👩‍👧漢')) {
      assert.ok(grammar.allows(token(id)));
      grammar.accept(token(id));
    }
    assert.ok(grammar.allows(vocabulary.eos!));
    grammar.dispose();
  });

  it('goes separate ways after a clone', () => {
    const grammar = parse('root ::= "a" ("b" | "c")');
    const [a, b, c] = ['a', 'b', 'c'].map((text) => token(vocabulary.tokenize(text)[0]!));
    grammar.accept(a!);
    const copy = grammar.clone();
    grammar.accept(b!);
    assert.ok(!grammar.allows(c!) && copy.allows(c!));
    grammar.dispose();
    copy.accept(c!);
    assert.ok(copy.allows(vocabulary.eos!));
    copy.dispose();
  });

  it('refuses a token that it does not allow, and stays as it was', () => {
    const grammar = parse('root ::= "a"');
    const [a, b] = ['a', 'b'].map((text) => token(vocabulary.tokenize(text)[0]!));
    assert.throws(() => {
      grammar.accept(b!);
    }, /does not allow/);
    assert.throws(() => {
      grammar.accept(vocabulary.eos!);
    }, /does not allow/);
    assert.ok(!grammar.allows(token(-1)) && !grammar.allows(token(vocabulary.size)));
    grammar.accept(a!);
    grammar.dispose();
  });

  it('says that a text is no grammar', () => {
    for (const bad of [
      '',
      '  ',
      'root ::= "a',
      'other ::= "a"',
      'root ::= missing',
      'root ::= root "a" | "b"',
    ])
      assert.throws(() => parse(bad), { code: 'invalid_schema', param: 'grammar' }, JSON.stringify(bad));
  });

  it('refuses use after disposal, and keeps its vocabulary alive until then', () => {
    const own = Vocabulary.open(DEMO_MODEL);
    const grammar = LlamaGrammar.parse(library, own, 'root ::= "a"');
    own.dispose();
    assert.ok(own.handle.alive);
    assert.ok(grammar.allows(token(vocabulary.tokenize('a')[0]!)));
    grammar.dispose();
    grammar.dispose();
    assert.ok(!own.handle.alive);
    assert.throws(() => grammar.allows(token(1)), { code: 'disposed' });
    assert.throws(() => grammar.clone(), { code: 'disposed' });
  });
});
