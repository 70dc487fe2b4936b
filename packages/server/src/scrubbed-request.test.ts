import { expect, it } from '@jest/globals';
import type { Request } from '@kcp/http';
import { scrubbing } from './scrubbed-request.ts';

const lines: [string, string][] = [
  ['accept', 'a'],
  ['x-remote-user', 'root'],
];
const request: Request = {
  method: 'POST',
  path: '/x',
  query: 'a=b',
  protocol: 'h2',
  peer: { address: '::1', certificate: undefined, connection: {} },
  header: (name) => lines.find(([each]) => each === name)?.[1],
  headers: () => lines,
  body: (limit) => Promise.resolve(Buffer.from(String(limit))),
  signal: new AbortController().signal,
};

it('a scrubbed request is the same, without the headers that are hidden', async () => {
  const scrubbed = scrubbing((name) => name.startsWith('x-remote-'))(request);
  expect([...scrubbed.headers()]).toEqual([['accept', 'a']]);
  expect([scrubbed.header('accept'), scrubbed.header('x-remote-user')]).toEqual(['a', undefined]);
  const { method, path, query, protocol, peer, signal } = scrubbed;
  expect({ method, path, query, protocol, peer, signal }).toEqual({
    method: 'POST',
    path: '/x',
    query: 'a=b',
    protocol: 'h2',
    peer: request.peer,
    signal: request.signal,
  });
  expect(String(await scrubbed.body(7))).toBe('7');
});
