import { describe, expect, it } from '@jest/globals';
import { root, wildcard, type LogicalCluster } from '@kcp/logical-cluster';
import { tokenDigest } from './bearer.ts';
import { bootstrapTokenEnd, bootstrapTokens, type BootstrapSecret } from './bootstrap-tokens.ts';

const NOW = Date.UTC(2030, 0, 1);
const TOKEN = 'abcdef.0123456789abcdef';
const secret = (fields: Record<string, string> = {}, more: Partial<BootstrapSecret> = {}): BootstrapSecret => {
  const data: Record<string, string> = {
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    'usage-bootstrap-authentication': 'true',
    ...fields,
  };
  return { type: 'bootstrap.kubernetes.io/token', isTerminating: false, data: (key) => data[key], ...more };
};
const ask = (
  found: BootstrapSecret | undefined,
  options: { token?: string; cluster?: LogicalCluster | typeof wildcard } = {},
) => {
  const { token = TOKEN, cluster = root } = options;
  const asked: string[] = [];
  const lookup = (cluster: LogicalCluster, name: string) => (asked.push(`${cluster} ${name}`), found);
  const answer = bootstrapTokens({ lookup, clock: () => NOW })({
    token,
    digest: tokenDigest(token),
    audiences: [],
    cluster,
  });
  return { answer, asked };
};

describe('a bootstrap token', () => {
  it('is looked for in the addressed cluster, and its user counts there only', () => {
    const { answer, asked } = ask(secret({ 'auth-extra-groups': 'system:bootstrappers:b,system:bootstrappers:a' }));
    expect(asked).toEqual(['root bootstrap-token-abcdef']);
    expect(answer).toEqual({
      kind: 'authenticated',
      user: {
        name: 'system:bootstrap:abcdef',
        uid: '',
        groups: ['system:bootstrappers', 'system:bootstrappers:a', 'system:bootstrappers:b'],
        extra: { 'authentication.kcp.io/scopes': ['cluster:root'] },
      },
    });
  });
  it.each([
    '',
    'abcdef',
    'abcdef.',
    'ABCDEF.0123456789abcdef',
    'abcdef.0123456789abcde',
    'abcdef.0123456789abcdef0',
    '../def.0123456789abcdef',
  ])('of another form, %j, is not looked for', (token) => {
    expect(ask(secret(), { token })).toEqual({ answer: { kind: 'none' }, asked: [] });
  });
  it('is not looked for without a logical cluster', () => {
    expect(ask(secret(), { cluster: wildcard })).toEqual({ answer: { kind: 'none' }, asked: [] });
  });
  it.each([
    ['no Secret', undefined],
    ['a Secret that is being deleted', secret({}, { isTerminating: true })],
    ['a Secret of another type', secret({}, { type: 'Opaque' })],
    ['another secret', secret({ 'token-secret': 'fedcba9876543210' })],
    ['an empty secret', secret({ 'token-secret': '' })],
    ['another id', secret({ 'token-id': 'ghijkl' })],
    ['no leave to authenticate', secret({ 'usage-bootstrap-authentication': 'yes' })],
    ['an end that is reached', secret({ expiration: '2030-01-01T00:00:00Z' })],
    ['an end that nobody can read', secret({ expiration: 'tomorrow' })],
    ['a group that is not for it', secret({ 'auth-extra-groups': 'system:bootstrappers:a,system:masters' })],
    ['a group that is badly written', secret({ 'auth-extra-groups': 'system:bootstrappers:' })],
  ])('with %s is nobody’s', (_what, found) => {
    expect(ask(found).answer).toEqual({ kind: 'none' });
  });
  it('ends at its time, in any zone', () => {
    expect(ask(secret({ expiration: '2030-01-01T00:00:01Z' })).answer).toMatchObject({ kind: 'authenticated' });
    expect(bootstrapTokenEnd(secret({ expiration: '2030-01-01T02:00:00+01:00' }))).toBe(NOW + 3_600_000);
    expect(bootstrapTokenEnd(secret())).toBeUndefined();
    expect(bootstrapTokenEnd(secret({ expiration: '2030-01-01' }))).toBe(-Infinity);
  });
});
