import { describe, expect, it } from '@jest/globals';
import type { Request } from '@kcp/http';
import { answeredHeaders, forwardedHeaders, isCircling } from './forwarded-headers.ts';

/** A request as the door gives it. */
function requestWith(...headers: readonly (readonly [string, string])[]): Request {
  const values = (name: string): readonly string[] => headers.filter(([own]) => own === name).map(([, value]) => value);
  return {
    method: 'GET',
    path: '/',
    query: '',
    protocol: 'http/1.1',
    peer: { address: '192.0.2.1', certificate: undefined, connection: {} },
    header: (name) => (values(name).length === 0 ? undefined : values(name).join(', ')),
    headers: () => headers,
    body: () => Promise.resolve(Buffer.alloc(0)),
    signal: new AbortController().signal,
  };
}

const jane = { name: 'jane', uid: '', groups: ['a', 'b, c'], extra: { 'example.com/x': ['1'] } };

describe('the headers that go on to a mount', () => {
  it('are those of the client, but for those of its connection, and who says where they come from', () => {
    const request = requestWith(
      ['host', 'here'],
      ['authorization', 'Bearer secret'],
      ['accept', 'a'],
      ['accept', 'b'],
      ['connection', 'keep-alive, X-Own'],
      ['x-own', 'of this connection'],
      ['transfer-encoding', 'chunked'],
      ['x-kubernetes-cluster', 'root'],
    );
    expect(forwardedHeaders(request, undefined)).toEqual({
      authorization: ['Bearer secret'],
      accept: ['a', 'b'],
      via: ['1.1 kcp'],
      'x-forwarded-for': ['192.0.2.1'],
    });
  });

  it.each(['x-remote-user', 'x-remote-group', 'x-remote-extra-scopes', 'x-remote-uid'])(
    'never are what a client says of itself in %s',
    (name) => {
      expect(forwardedHeaders(requestWith([name, 'admin']), undefined)).not.toHaveProperty([name]);
      expect(forwardedHeaders(requestWith([name, 'admin']), jane)[name]).not.toEqual(['admin']);
    },
  );

  it('say who it is where our word counts; the credentials stay', () => {
    const headers = forwardedHeaders(requestWith(['authorization', 'Bearer secret']), jane);
    expect(headers).toMatchObject({
      'x-remote-user': ['jane'],
      'x-remote-group': ['a', 'b, c'],
      'x-remote-extra-example.com%2Fx': ['1'],
    });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('tell a circle from a way', () => {
    const through = (times: number): Request =>
      requestWith(['via', Array.from({ length: times }, () => '1.1 kcp').join(', ')]);
    expect([0, 1, 3].map((times) => isCircling(through(times)))).toEqual([false, false, false]);
    expect(isCircling(through(4))).toBe(true);
  });

  it('come back without those of the connection there', () => {
    expect(answeredHeaders({ 'content-type': 'a', connection: 'close', 'content-length': '3' })).toEqual({
      'content-type': 'a',
    });
  });
});
