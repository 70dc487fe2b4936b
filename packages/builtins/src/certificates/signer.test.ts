import { objectAt } from '@kcp/api-machinery';
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createAuthority, type KeyPair } from '@kcp/auth';
import { done, type ReconcileKey } from '@kcp/controller';
import { FakeClock } from '@kcp/controller/testing';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { requests as samples } from '../testing/certificate-requests.ts';
import { World } from '../testing/world.ts';
import { certificateSigningRequests } from './certificate-signing-request.ts';
import { CLIENT_SIGNER, requestSigner, signerKeys, signingRequestBucket } from './signer.ts';

const DAY = 86_400_000;
const start = Date.UTC(2030, 0, 1);
const authority = createAuthority({ commonName: 'signing', notBefore: start, notAfter: start + 100 * DAY });
const blue = 'blue' as LogicalCluster;
const gvr = { ...signingRequestBucket, version: 'v1' };
const good = { signerName: CLIENT_SIGNER, usages: ['client auth'], request: samples.jane };

/** A world with one request, approved unless other conditions are given; what becomes of it. */
async function played(spec: JsonObject, options: { conditions?: readonly string[]; pair?: KeyPair; at?: number } = {}) {
  const { conditions = ['Approved'], pair = await authority, at = start + DAY } = options;
  const world = new World([certificateSigningRequests()]);
  const key: ReconcileKey = { cluster: blue, namespace: '', name: 'x' };
  const object = { metadata: { name: 'x' }, spec: { ...good, ...spec } } as unknown as KubeObject;
  await world.writer.create({ cluster: blue, resource: gvr, namespace: '' }, object);
  const decided = conditions.map((type) => ({ type, status: 'True' }));
  await world.writer.update(
    { ...key, resource: gvr },
    (old) => ({ ...old, status: { conditions: decided } }),
    'approval',
  );
  const signing = { authority: () => pair, durationMs: 30 * DAY };
  const reconcile = requestSigner({ store: world.reader, writer: world.writer, clock: new FakeClock(at), signing });
  world.writes.length = 0;
  expect(await reconcile(key, { signal: new AbortController().signal })).toEqual(done);
  const status = objectAt(world.reader.get(signingRequestBucket, key)?.decode() ?? object, 'status');
  const pem = status['certificate'];
  const certificate = typeof pem === 'string' ? new X509Certificate(Buffer.from(pem, 'base64')) : undefined;
  return { world, status, certificate };
}

describe('the signer', () => {
  it('issues a client certificate for the logical cluster of the request', async () => {
    const { certificate, status } = await played({});
    const ca = new X509Certificate((await authority).certificate);
    expect(certificate?.verify(ca.publicKey)).toBe(true);
    expect(certificate?.subject).toBe('O=team\nCN=jane');
    expect(certificate?.subjectAltName).toBe('URI:kcp://logical-clusters/blue');
    expect(status['conditions']).toMatchObject([{ type: 'Approved' }]);
  });

  it.each([
    ['as long as the server allows', {}, 30 * DAY - 300_000],
    ['no longer than that', { expirationSeconds: 40 * 86_400 }, 30 * DAY - 300_000],
    ['as long as was asked for', { expirationSeconds: 7 * 86_400 }, 7 * DAY - 300_000],
    ['to the second where it is short', { expirationSeconds: 3600 }, 3_600_000],
    ['ten minutes at least', { expirationSeconds: 1 }, 600_000],
  ])('makes it valid %s', async (_how, spec, duration) => {
    const { certificate } = await played(spec);
    expect(certificate?.validFromDate.getTime()).toBe(start + DAY - 300_000);
    expect(certificate?.validToDate.getTime()).toBe(start + DAY + duration);
  });

  it('makes none that outlives the authority', async () => {
    const { certificate } = await played({}, { at: start + 90 * DAY });
    expect(certificate?.validToDate.getTime()).toBe(start + 100 * DAY);
  });

  it('waits for another authority where this one has ended', async () => {
    await expect(played({}, { at: start + 100 * DAY })).rejects.toThrow(
      /the signing certificate has expired: 2030-04-11/,
    );
  });

  it.each([
    ['nobody decided', {}, []],
    ['is denied', {}, ['Denied']],
    ['is approved and denied', {}, ['Approved', 'Denied']],
    ['failed', {}, ['Approved', 'Failed']],
    ['is for another signer', { signerName: 'example.com/x' }, ['Approved']],
    ['is for the signer of kubelets', { signerName: 'kubernetes.io/kube-apiserver-client-kubelet' }, ['Approved']],
    ['is for servers', { signerName: 'kubernetes.io/kubelet-serving' }, ['Approved']],
  ])('leaves alone what %s', async (_why, spec, conditions) => {
    const { world, certificate } = await played(spec, { conditions });
    expect([world.writes, certificate]).toEqual([[], undefined]);
  });

  it.each([
    [
      'usages of servers',
      { usages: ['client auth', 'server auth'] },
      'invalid usage for client certificate: server auth',
    ],
    ['no client', { usages: ['signing'] }, 'invalid usage for client certificate: signing'],
    ['too few usages', { usages: ['digital signature'] }, 'missing required usage for client certificate: client auth'],
    ['masters', { request: samples.master }, '"system:masters" is reserved'],
    ['administrators', { request: samples.admin }, '"system:kcp:admin" is reserved'],
    ['service accounts', { request: samples.account }, '"system:serviceaccount:default:bot" is reserved'],
    ['nobody', { request: samples.nameless }, 'subject common name is required'],
    ['a weak key', { request: samples.weak }, 'the key has 1024 bits'],
  ])('says in a condition why it does not sign: %s', async (_what, spec, message) => {
    const { status, certificate } = await played(spec);
    expect(certificate).toBeUndefined();
    expect(status['conditions']).toMatchObject([
      { type: 'Approved' },
      {
        type: 'Failed',
        status: 'True',
        reason: 'SignerValidationFailure',
        message: expect.stringContaining(message),
        lastUpdateTime: '2030-01-02T00:00:00Z',
      },
    ]);
  });

  it('is called for what waits for it, once', async () => {
    const { world } = await played({}, { conditions: [] });
    const stored = () => {
      const object = world.reader.get(signingRequestBucket, { cluster: blue, namespace: '', name: 'x' });
      return object ? signerKeys({ kind: 'put', object, previous: undefined }) : [];
    };
    expect(stored()).toEqual([]);
    const address = { cluster: blue, namespace: '', name: 'x', resource: gvr };
    const approve = (old: KubeObject) => ({ ...old, status: { conditions: [{ type: 'Approved', status: 'True' }] } });
    await world.writer.update(address, approve, 'approval');
    expect(stored()).toMatchObject([{ cluster: blue, name: 'x' }]);
  });
});
