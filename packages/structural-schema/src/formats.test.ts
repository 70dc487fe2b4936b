import { describe, expect, it } from '@jest/globals';
import { supportedFormat, textFormat } from './formats.ts';

const cases: readonly (readonly [format: string, good: readonly string[], bad: readonly string[]])[] = [
  ['bsonobjectid', ['507f1f77bcf86cd799439011'], ['507f1f77', '507f1f77bcf86cd79943901z']],
  ['byte', ['aGVsbG8=', 'YQ=='], ['', 'aGVsbG8', 'not base64!', 'a===']],
  ['cidr', ['10.0.0.0/8', '10.0.0.5/8', 'fe80::/10', '::/0'], ['10.0.0.0', '10.0.0.0/33', '/8', '::/129']],
  ['creditcard', ['4111111111111111', '4111 1111-1111 1111'], ['4111111111111112', '1']],
  ['date', ['2024-02-29', '0000-01-01'], ['2023-02-29', '2024-1-1', '24-01-01', '2024-13-01', '2024-04-31']],
  [
    'date-time',
    ['2024-01-02T03:04:05Z', '2024-01-02t03:04:05.678+02:00'],
    ['2024-01-02 03:04:05Z', '2024-01-02', '2024-01-02T24:00:00Z', '2024-01-02T03:04:05'],
  ],
  [
    'duration',
    ['1h30m', '1.5s', '-2s', '3 days', 'PT5M', '0', '2562047h', '1w'],
    ['', '5', '5 x', '99999999999999999999 d'],
  ],
  [
    'email',
    ['a@b.example', 'Name <a@b.example>', '"x y"@z.example', 'a@[1.2.3.4]', '"Q, x" <a@b.c>'],
    ['a@', 'plain', 'a..b@c', 'a@[1.2.3]', 'x y <a@b', 'a b@c'],
  ],
  ['hexcolor', ['#fff', '#FFFFFF', 'fff'], ['#ggg', '#ffff']],
  [
    'hostname',
    ['example.com', 'Example', 'ä.example'],
    ['-bad', 'a_b.example', `${'a'.repeat(64)}.example`, `${'a.'.repeat(200)}com`, 'a.b.1'],
  ],
  ['ipv4', ['10.0.0.1', '010.0.0.1', '::ffff:1.2.3.4'], ['256.1.1.1', '::1', '1.2.3', '1.2.3.4.5']],
  [
    'ipv6',
    ['::1', '::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::', '::ffff:1.2.3.4'],
    ['10.0.0.1', 'fe80::1%eth0', '2001:db8::g', '1:2:3:4:5:6:7:8:9', '1::2::3', ':1'],
  ],
  ['isbn', ['0321751043', '978-0321751041'], ['1234567890']],
  ['isbn10', ['0321751043', '097522980X'], ['1234567890', '978-0321751041']],
  ['isbn13', ['978-0321751041'], ['978-0321751042']],
  ['k8s-long-name', ['ok.name'], ['Not_Ok', '', 'a..b', `${'a.'.repeat(127)}a`]],
  ['k8s-short-name', ['ok-name'], ['Not.Ok', 'a'.repeat(64), '-a']],
  ['mac', ['01:23:45:67:89:ab', '01-23-45-67-89-AB', '0123.4567.89ab'], ['01:23:45', '01:23:45-67:89:ab']],
  ['password', ['anything', ''], []],
  ['rgbcolor', ['rgb(1,2,3)', 'rgb( 1 , 22 , 255 )'], ['rgb(300,2,3)', 'rgb(1,2)']],
  ['ssn', ['111-22-3333', '111 22 3333'], ['111', '111223333']],
  [
    'uri',
    ['https://example.com/a?b#c', 'mailto:a@b', '/path', '*', 'http://[::1]:80/', 'a:'],
    ['', 'not a uri', 'http://a b/', 'http://a:b/', '/a%zz', 'http://a%20b/', '\u0001'],
  ],
  [
    'uuid',
    ['123E4567-E89B-12D3-A456-426614174000', '123e4567e89b12d3a456426614174000'],
    ['123e4567-e89b-12d3-a456-42661417400'],
  ],
  ['uuid3', ['123e4567-e89b-32d3-a456-426614174000'], ['123e4567-e89b-12d3-a456-426614174000']],
  ['uuid4', ['123e4567-e89b-42d3-8456-426614174000'], ['123e4567-e89b-42d3-7456-426614174000']],
  ['uuid5', ['123e4567-e89b-52d3-b456-426614174000'], ['123e4567-e89b-42d3-b456-426614174000']],
];

describe('formats of texts', () => {
  it.each(cases)('%s', (format, good, bad) => {
    const test = textFormat(format);
    expect(good.filter((text) => test?.(text) !== true)).toEqual([]);
    expect(bad.filter((text) => test?.(text) !== false)).toEqual([]);
  });
  it('are looked at in linear time, whatever the text', () => {
    const hostile = ['1', '1.', '1 ', 'a-', '"a', '((', ':', '::', '%', '=', ' ', 'ä', '@', '<', '1h'].map((part) =>
      part.repeat(100_000),
    );
    for (const [format] of cases) for (const text of hostile) expect(typeof textFormat(format)?.(text)).toBe('boolean');
  }, 20_000);
});

describe('formats by type', () => {
  it('count where the type has them', () => {
    expect(supportedFormat('integer', 'int32')).toBe('int32');
    expect(supportedFormat('number', 'float')).toBe('float');
    expect(supportedFormat('', 'date-time')).toBe('date-time');
  });
  it('are as if they were not there elsewhere', () => {
    expect(['integer', 'number', 'object', 'boolean'].map((type) => supportedFormat(type, 'date'))).toEqual([
      '',
      '',
      '',
      '',
    ]);
    expect(supportedFormat('string', 'zip-code')).toBe('');
  });
});
