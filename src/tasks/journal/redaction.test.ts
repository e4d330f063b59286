/** What is taken out of texts, what is left alone, and that no pattern can hang. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ForetokenError } from '../../base/errors.js';
import { Redactor } from './redaction.js';

const redactor = new Redactor();
const redacted = (text: string): string | undefined => redactor.redact([text])[0];

describe('redaction', () => {
  it('takes out what identifies people', () => {
    for (const [found, words] of [
      ['anna.müller+x@mail.example.org', '[e-mail]'],
      ['sk-proj-abcdefghij0123456789', '[key]'],
      ['hf_abcdefghijklmnopqrstuvwxyz', '[key]'],
      ['AKIAIOSFODNN7EXAMPLE', '[key]'],
      ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N', '[key]'],
      ['Bearer 0123456789abcdef0123', 'Bearer [key]'],
      ['-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----', '[key]'],
      ['4111 1111 1111 1111', '[card]'],
      ['5500005555555559', '[card]'],
      ['DE89 3704 0044 0532 0130 00', '[iban]'],
      ['GB82WEST12345698765432', '[iban]'],
      ['192.168.17.254', '[ip]'],
      ['2001:0db8:85a3:0000:0000:8a2e:0370:7334', '[ip]'],
      ['fe80::1ff:fe23:4567:890a', '[ip]'],
      ['+49 (0)30 123456-78', '[phone]'],
      ['(555) 123-4567', '[phone]'],
      ['030/1234 5678', '[phone]'],
    ] as const) {
      assert.equal(redacted(`It is ${found}, they say.`), `It is ${words}, they say.`);
      assert.equal(redacted(found), words);
    }
  });

  it('leaves other numbers and words alone', () => {
    for (const text of [
      '4111 1111 1111 1112',
      'DE88370400440532013000',
      'The sum of 1234567 and 7654321 is 8888888.',
      'for (let i = 0; i < 100; i++) total += values[i] * 1024;',
      '300.300.300.300 is no address',
      'On 2026-11-27 at 12:55:00 we met.',
      'user at example dot org; @decorator; a@b',
      'SELECT count(*) FROM orders WHERE id = 90210',
      'pi is 3.14159265358979323846',
      'std::vector<int>::iterator',
    ])
      assert.equal(redacted(text), text);
  });

  it('takes out what the operator names', () => {
    const own = new Redactor(['Project\\s+\\w+', 'EMP-\\d{4}']);
    assert.deepEqual(own.redact(['EMP-1234 leads Project Falcon', 'a@b.example']), [
      '[redacted] leads [redacted]',
      '[e-mail]',
    ]);
  });

  it('loses only the text on which a pattern does not come to an end', () => {
    const slow = new Redactor(['(a+)+$']);
    assert.deepEqual(slow.redact(['fine', `${'a'.repeat(60)}!`, 'also a@b.example']), [
      'fine',
      undefined,
      'also [e-mail]',
    ]);
  });

  it('comes to an end with its own patterns on texts made to be slow', () => {
    const size = 100_000;
    for (const part of [
      'a',
      '1',
      '1 ',
      '1.',
      'a.',
      'a@',
      '-',
      'AB12',
      'ab:',
      '+1',
      '(0',
      '0 ',
      'eyJ',
      ' ',
      '::',
      '1:',
    ])
      assert.notEqual(redacted(part.repeat(size / part.length)), undefined, part);
  });

  it('refuses patterns that cannot work', () => {
    for (const pattern of ['(', 'a*', '', 'x'.repeat(2000)])
      assert.throws(
        () => new Redactor([pattern]),
        (error) =>
          error instanceof ForetokenError &&
          error.code === 'invalid_option' &&
          /--redact/.test(error.message),
      );
    assert.throws(() => new Redactor(Array.from({ length: 40 }, () => 'x')), /at most 32/);
  });
});
