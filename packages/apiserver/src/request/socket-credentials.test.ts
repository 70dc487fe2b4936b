import { describe, expect, it } from '@jest/globals';
import type { Request } from '@kcp/http';
import { refuseForeignOrigin, socketToken, spokenProtocols } from './socket-credentials.ts';

const prefix = 'base64url.bearer.authorization.k8s.io.';
const encoded = (text: string): string => prefix + Buffer.from(text).toString('base64url');
const offer = (...subprotocols: string[]) => ({ protocol: 'websocket', subprotocols }) as const;

describe('a token among sub-protocols', () => {
  it.each([
    ['none is offered', offer(), { kind: 'none' }],
    ['others are offered', offer('v5.channel.k8s.io'), { kind: 'none' }],
    ['no upgrade is asked for', undefined, { kind: 'none' }],
    ['it is empty', offer(prefix, 'a'), { kind: 'none' }],
    ['it stands first', offer(encoded('tök~en'), 'a'), { kind: 'token', token: 'tök~en' }],
    ['it stands last', offer('a', 'b', encoded('x')), { kind: 'token', token: 'x' }],
    ['there are two', offer(encoded('x'), encoded('y'), 'a'), { kind: 'malformed' }],
    ['nothing else is offered', offer(encoded('x')), { kind: 'malformed' }],
    ['it is padded', offer(`${encoded('x')}==`, 'a'), { kind: 'malformed' }],
    ['it is of the other alphabet', offer(`${prefix}ab+/`, 'a'), { kind: 'malformed' }],
    ['it is of no possible length', offer(`${prefix}abcde`, 'a'), { kind: 'malformed' }],
    ['it is not UTF-8', offer(`${prefix}_w`, 'a'), { kind: 'malformed' }],
  ])('is read where %s', (_name, upgrade, expected) => {
    expect(socketToken(upgrade)).toEqual(expected);
  });

  it('is not among what can be spoken', () => {
    expect(spokenProtocols(offer('a', encoded('x'), 'b'))).toEqual(['a', 'b']);
    expect(spokenProtocols(undefined)).toEqual([]);
  });
});

describe('the origin of an upgrade', () => {
  const asked = (headers: Record<string, string>, certificate = false, upgrade = true) => {
    const request: Pick<Request, 'header' | 'upgrade'> & { peer: Partial<Request['peer']> } = {
      header: (name) => headers[name],
      upgrade: upgrade ? offer() : undefined,
      peer: { certificate: certificate ? new Uint8Array(1) : undefined },
    };
    return () => refuseForeignOrigin(request as Request);
  };

  it.each([
    ['a program names none', asked({ host: 'a:1' }, true)],
    ['a page of another site has a token', asked({ host: 'a:1', origin: 'https://b' })],
    ['a page of the server itself uses a certificate', asked({ host: 'A:1', origin: 'https://a:1' }, true)],
    ['no upgrade is asked for', asked({ host: 'a:1', origin: 'https://b' }, true, false)],
  ])('is none of our business where %s', (_name, check) => {
    expect(check).not.toThrow();
  });

  it.each([
    ['is null', asked({ host: 'a:1', origin: 'null' })],
    ['is no URL', asked({ host: 'a:1', origin: 'a b' })],
    ['is another one and a certificate is used', asked({ host: 'a:1', origin: 'https://b' }, true)],
    ['is another port and a certificate is used', asked({ host: 'a:1', origin: 'https://a:2' }, true)],
  ])('is refused where it %s', (_name, check) => {
    expect(check).toThrow(expect.objectContaining({ reason: 'Forbidden' }));
  });
});
