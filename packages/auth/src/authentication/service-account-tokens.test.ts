import { beforeEach, describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { signJwt } from '../tokens/jwt.ts';
import { serviceAccountIssuer } from '../tokens/service-account-issuer.ts';
import { generateSigningKeyPem, loadSigningKey } from '../tokens/signing-key.ts';
import type { BoundObject, BoundObjectKey, TokenAccount, TokenSecret } from './account-lookup.ts';
import { tokenDigest } from './bearer.ts';
import type { LegacyTokenUse } from './legacy-token.ts';
import { serviceAccountTokens } from './service-account-tokens.ts';

const ISSUER = 'https://kcp.default.svc';
const key = loadSigningKey(generateSigningKeyPem());
const stranger = loadSigningKey(generateSigningKeyPem());
const owner = { cluster: root, namespace: 'ns', account: { name: 'bot', uid: 'u1' } };
const start = Date.UTC(2030, 0, 1);

describe('tokens of service accounts', () => {
  let now = start;
  let asked = 0;
  const stale: [string, number][] = [];
  const uses: LegacyTokenUse[] = [];
  const accounts = new Map<string, TokenAccount>();
  const secrets = new Map<string, TokenSecret>();
  const pods = new Map<string, BoundObject>();
  const at = ({ cluster, namespace, name }: BoundObjectKey) => `${cluster}/${namespace}/${name}`;
  const ids = ['id-1', 'id-2'];
  const issuerOptions = { key, issuer: ISSUER, clock: () => now, uuid: () => ids[0] ?? '' };
  const issuer = serviceAccountIssuer(issuerOptions);
  const authenticate = serviceAccountTokens({
    keys: [key],
    issuers: [ISSUER],
    audiences: [ISSUER, 'kcp'],
    clock: () => now,
    onStale: (...late) => stale.push(late),
    onLegacyUse: (use) => uses.push(use),
    lookup: {
      serviceAccount: (wanted) => {
        asked += 1;
        return accounts.get(at(wanted));
      },
      secret: (wanted) => secrets.get(at(wanted)),
      pod: (wanted) => pods.get(at(wanted)),
    },
  });
  const ask = (token: string, audiences: readonly string[] = []) =>
    authenticate({ token, digest: tokenDigest(token), audiences });
  const bound = (more: object = {}) =>
    issuer.bound({ ...owner, audiences: [ISSUER], expirationSeconds: 3600, ...more }).token;
  const refused = (why: string) => ({ kind: 'refused', why });

  beforeEach(() => {
    now = start;
    accounts.set('root/ns/bot', { uid: 'u1' });
    secrets.set('root/ns/anchor', { uid: 's1' });
    pods.set('root/ns/pod', { uid: 'p1' });
  });

  it('stand for the account, confined to its logical cluster', () => {
    expect(ask(bound())).toEqual({
      kind: 'authenticated',
      audiences: [ISSUER],
      user: {
        name: 'system:serviceaccount:ns:bot',
        uid: 'u1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:ns'],
        extra: {
          'authentication.kcp.io/cluster-name': ['root'],
          'authentication.kcp.io/scopes': ['cluster:root'],
          'authentication.kubernetes.io/credential-id': ['JTI=id-1'],
        },
      },
    });
  });
  it('say what they are bound to', () => {
    const token = bound({ pod: { name: 'pod', uid: 'p1' }, node: { name: 'n1', uid: 'nu' } });
    expect(ask(token)).toMatchObject({
      user: {
        extra: {
          'authentication.kubernetes.io/pod-name': ['pod'],
          'authentication.kubernetes.io/pod-uid': ['p1'],
          'authentication.kubernetes.io/node-name': ['n1'],
          'authentication.kubernetes.io/node-uid': ['nu'],
        },
      },
    });
    pods.delete('root/ns/pod');
    expect(ask(token)).toEqual(refused('service account token has been invalidated'));
  });
  it('end with their account, at the next request', () => {
    const token = bound();
    const before = asked;
    expect(ask(token)).toMatchObject({ kind: 'authenticated' });
    expect(ask(token)).toMatchObject({ kind: 'authenticated' });
    expect(asked).toBe(before + 2);
    accounts.delete('root/ns/bot');
    expect(ask(token)).toEqual(refused('serviceaccounts "bot" not found'));
    accounts.set('root/ns/bot', { uid: 'u2' });
    expect(ask(token)).toEqual(refused('service account UID (u2) does not match claim (u1)'));
    accounts.set('root/ns/bot', { uid: 'u1', deletionTimestamp: now });
    expect(ask(token)).toEqual(refused('service account ns/bot has been deleted'));
  });
  it('end with the secret that they are bound to', () => {
    const token = bound({ secret: { name: 'anchor', uid: 's1' } });
    expect(ask(token)).toMatchObject({ kind: 'authenticated' });
    secrets.set('root/ns/anchor', { uid: 's2' });
    expect(ask(token)).toEqual(refused('secret UID (s2) does not match service account secret ref claim (s1)'));
    secrets.delete('root/ns/anchor');
    expect(ask(token)).toEqual(refused('service account token has been invalidated'));
  });
  it('are looked up in their own logical cluster', () => {
    const token = issuer.bound({
      ...owner,
      cluster: 'other' as LogicalCluster,
      audiences: [ISSUER],
      expirationSeconds: 600,
    }).token;
    expect(ask(token)).toEqual(refused('serviceaccounts "bot" not found'));
    accounts.set('other/ns/bot', { uid: 'u1' });
    expect(ask(token)).toMatchObject({ user: { extra: { 'authentication.kcp.io/cluster-name': ['other'] } } });
  });
  it('count in their time, give or take a minute', () => {
    const token = bound();
    now = start + 3600_000 + 59_000;
    expect(ask(token)).toMatchObject({ kind: 'authenticated' });
    now = start + 3600_000 + 61_000;
    expect(ask(token)).toEqual(refused('service account token has expired'));
    now = start - 61_000;
    expect(ask(token)).toEqual(refused('service account token is not valid yet'));
  });
  it('count for their audiences', () => {
    const vault = bound({ audiences: ['vault'] });
    expect(ask(vault, ['vault', 'other'])).toMatchObject({ kind: 'authenticated', audiences: ['vault'] });
    expect(ask(vault)).toEqual(
      refused(`token audiences ["vault"] is invalid for the target audiences ["${ISSUER}" "kcp"]`),
    );
    expect(ask(bound(), ['vault'])).toEqual(
      refused(`token audiences ["${ISSUER}"] is invalid for the target audiences ["vault"]`),
    );
  });
  it('are told of when their bearer should have a newer one', () => {
    const token = bound({ warnAfterSeconds: 600 });
    ask(token);
    expect(stale).toEqual([]);
    now = start + 700_000;
    expect(ask(token)).toMatchObject({ kind: 'authenticated' });
    expect(stale).toEqual([['system:serviceaccount:ns:bot', 100]]);
  });

  describe('in Secrets', () => {
    const token = issuer.legacy(owner, 'legacy');
    beforeEach(() => {
      secrets.set('root/ns/legacy', { uid: 's', token: Buffer.from(token) });
    });

    it('count as long as the Secret holds them', () => {
      expect(ask(token)).toMatchObject({
        kind: 'authenticated',
        audiences: [ISSUER, 'kcp'],
        user: {
          name: 'system:serviceaccount:ns:bot',
          uid: 'u1',
          extra: { 'authentication.kcp.io/cluster-name': ['root'] },
        },
      });
      secrets.set('root/ns/legacy', { uid: 's', token: Buffer.from('other') });
      expect(ask(token)).toEqual(refused("service account token does not match server's copy"));
      secrets.set('root/ns/legacy', { uid: 's' });
      expect(ask(token)).toEqual(refused("service account token does not match server's copy"));
      secrets.delete('root/ns/legacy');
      expect(ask(token)).toEqual(refused('service account token has been invalidated'));
    });
    it('end with their account', () => {
      accounts.delete('root/ns/bot');
      expect(ask(token)).toEqual(refused('serviceaccounts "bot" not found'));
    });
    it('are recorded as made by hand, and each use is told', () => {
      uses.length = 0;
      const facts = { annotations: { 'authentication.k8s.io/legacy-token-manual-secret': 'legacy' } };
      expect(ask(token)).toMatchObject({ kind: 'authenticated', facts });
      const secret = { cluster: root, namespace: 'ns', name: 'legacy' };
      expect(uses).toEqual([{ kind: 'manual', secret, uid: 's', isNoted: false }]);
      ask(bound());
      expect(uses.length).toBe(1);
    });
    it('that the account lists are recorded as generated, with a warning; the same answer each time', () => {
      accounts.set('root/ns/bot', { uid: 'u1', secrets: ['other', 'legacy'] });
      uses.length = 0;
      const answer = ask(token);
      expect(answer).toMatchObject({
        kind: 'authenticated',
        facts: {
          warnings: [expect.stringContaining('Use tokens from the TokenRequest API')],
          annotations: { 'authentication.k8s.io/legacy-token-autogenerated-secret': 'legacy' },
        },
      });
      expect(ask(token)).toBe(answer);
      expect(uses.map(({ kind }) => kind)).toEqual(['auto', 'auto']);
    });
    it.each([
      ['2030-01-01', true],
      ['2030-01-02', true],
      ['2029-12-31', false],
      ['2030-01-03', false],
    ])('whose Secret says %s: the use is noted already: %j', (day, isNoted) => {
      const labels = { 'kubernetes.io/legacy-token-last-used': day };
      secrets.set('root/ns/legacy', { uid: 's', token: Buffer.from(token), labels });
      uses.length = 0;
      ask(token);
      expect(uses[0]?.isNoted).toBe(isNoted);
    });
    it('that are marked as not used for long are refused, and count again when the mark is gone', () => {
      const labels = { 'kubernetes.io/legacy-token-invalid-since': '2029-12-01' };
      secrets.set('root/ns/legacy', { uid: 's', token: Buffer.from(token), labels });
      uses.length = 0;
      expect(ask(token)).toMatchObject({
        kind: 'refused',
        why: expect.stringMatching(
          /^the token in secret ns\/legacy for service account ns\/bot has been marked invalid/,
        ),
        facts: { annotations: { 'authentication.k8s.io/legacy-token-invalidated': 'legacy/ns' } },
      });
      expect(uses.map(({ kind }) => kind)).toEqual(['invalid']);
      secrets.set('root/ns/legacy', { uid: 's', token: Buffer.from(token), labels: {} });
      expect(ask(token)).toMatchObject({ kind: 'authenticated' });
    });
    it('are for the server only', () => {
      expect(ask(token, ['kcp'])).toMatchObject({ kind: 'authenticated', audiences: ['kcp'] });
      expect(ask(token, ['vault'])).toMatchObject({ kind: 'refused' });
    });
  });

  describe('that are not ours', () => {
    const claims = {
      iss: ISSUER,
      sub: 'system:serviceaccount:ns:bot',
      aud: [ISSUER],
      'kubernetes.io': { clusterName: 'root', namespace: 'ns', serviceaccount: { name: 'bot', uid: 'u1' } },
    };
    const signed = (changes: object, by = key) => signJwt({ ...claims, ...changes }, by);

    it('of another issuer, or no tokens at all, are nobody’s business', () => {
      for (const token of [
        'nonsense',
        'a.b.c',
        'e30.e30.AA',
        signed({ iss: 'https://elsewhere' }),
        signed({ iss: 5 }),
      ]) {
        expect(ask(token)).toEqual({ kind: 'none' });
      }
    });
    it('signed by another key are refused', () => {
      expect(ask(signed({}))).toMatchObject({ kind: 'authenticated' });
      expect(ask(signed({}, stranger))).toEqual(refused('invalid signature'));
    });
    it('with a changed signature are refused', () => {
      const token = signed({});
      expect(ask(`${token.slice(0, -6)}${token.endsWith('AAAAAA') ? 'BBBBBA' : 'AAAAAA'}`)).toEqual(
        refused('invalid signature'),
      );
    });
    it('with a header that names another algorithm are refused', () => {
      const [, body = ''] = signed({}).split('.');
      for (const alg of ['none', 'HS256', 'RS256', 'ES384']) {
        const header = Buffer.from(JSON.stringify({ alg, kid: key.id })).toString('base64url');
        expect(ask(`${header}.${body}.AAAA`)).toEqual(refused('invalid signature'));
      }
    });
    it.each([
      ['another subject', { sub: 'system:serviceaccount:ns:other' }, 'sub claim is invalid'],
      ['a subject that is no account', { sub: 'jane' }, 'sub claim is invalid'],
      [
        'no account',
        { 'kubernetes.io': { clusterName: 'root', namespace: 'ns' } },
        'service account token claims could not be validated',
      ],
      [
        'no cluster',
        { 'kubernetes.io': { namespace: 'ns', serviceaccount: { name: 'bot', uid: 'u1' } } },
        'service account token claims could not be validated',
      ],
      [
        'a malformed binding',
        { 'kubernetes.io': { ...claims['kubernetes.io'], secret: 'x' } },
        'service account token claims could not be validated',
      ],
      ['no audience', { aud: [] }, `token audiences [] is invalid for the target audiences ["${ISSUER}" "kcp"]`],
    ])('with %s are refused', (_, changes, why) => {
      expect(ask(signed(changes))).toEqual(refused(why));
    });
  });
});
