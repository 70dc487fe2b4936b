import { describe, expect, it } from '@jest/globals';
import type { AdmissionAttributes } from '@kcp/admission';
import { admissionAttributes } from '@kcp/admission/testing';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Attributes } from '@kcp/auth';
import { root } from '@kcp/logical-cluster';
import { admin } from '../testing/context.ts';
import { requests as samples } from '../testing/certificate-requests.ts';
import { certificateAdmission } from './certificates.ts';

const CLIENT = 'kubernetes.io/kube-apiserver-client';

function request(signerName: string, status: JsonObject = {}, sample: string = samples.jane): KubeObject {
  return { metadata: { name: 'x' }, spec: { signerName, request: sample }, status } as unknown as KubeObject;
}

/** What admission asks for a write, and why it refuses; `allowed` are the rights of who asks: verb and signer. */
async function admit(facts: Partial<AdmissionAttributes>, ...allowed: readonly string[]) {
  const asked: string[] = [];
  const authorize = (attributes: Attributes) => {
    const line = attributes.kind === 'resource' ? `${attributes.verb} ${attributes.name}` : 'path';
    asked.push(line);
    return { kind: allowed.includes(line) ? ('allow' as const) : ('noOpinion' as const), reason: '' };
  };
  const { object: _, ...bare } = admissionAttributes();
  const attributes: AdmissionAttributes = {
    ...bare,
    operation: 'UPDATE',
    user: admin,
    cluster: root,
    resource: { group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests' },
    kind: { group: 'certificates.k8s.io', version: 'v1', kind: 'CertificateSigningRequest' },
    subresource: '',
    namespace: '',
    name: 'x',
    dryRun: false,
    options: {},
    ...facts,
  };
  let why = '';
  try {
    for (const plugin of certificateAdmission(authorize)) await plugin.validate?.(attributes);
  } catch (error) {
    why = error instanceof Error ? error.message : '';
  }
  return { asked, why };
}

const prefix = 'certificatesigningrequests.certificates.k8s.io "x" is forbidden: ';

describe('whoever approves', () => {
  const [oldObject, object] = [request('example.com/a'), request('example.org/mine')];
  const facts = { subresource: 'approval', oldObject, object };

  it('needs the right for the signer that the request had, by name or domain', async () => {
    expect(await admit(facts)).toEqual({
      asked: ['approve example.com/a', 'approve example.com/*'],
      why: `${prefix}user not permitted to approve requests with signerName "example.com/a"`,
    });
    expect((await admit(facts, 'approve example.com/a')).why).toBe('');
    expect((await admit(facts, 'approve example.com/*')).why).toBe('');
    expect((await admit(facts, 'sign example.com/a')).why).not.toBe('');
  });
});

describe('whoever signs', () => {
  const old = request('example.com/a', { conditions: [{ type: 'Approved', status: 'True' }] });
  const change = (status: JsonObject) => ({ subresource: 'status', oldObject: old, object: request('x', status) });

  it.each<[string, JsonObject]>([
    ['a certificate', { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'AA==' }],
    ['a condition', { conditions: [{ type: 'Failed', status: 'True' }] }],
  ])('needs the right for %s', async (_what, status) => {
    expect((await admit(change(status))).why).toBe(
      `${prefix}user not permitted to sign requests with signerName "example.com/a"`,
    );
    expect((await admit(change(status), 'sign example.com/*')).why).toBe('');
  });

  it('needs none where neither changes', async () => {
    expect(await admit(change({ conditions: [{ type: 'Approved', status: 'True' }] }))).toEqual({ asked: [], why: '' });
  });
});

describe('whoever asks', () => {
  const create = (signer: string, sample: string) =>
    admit({ operation: 'CREATE', object: request(signer, {}, sample) });

  it('does not become a master', async () => {
    expect((await create(CLIENT, samples.master)).why).toBe(
      `${prefix}use of ${CLIENT} signer with system:masters group is not allowed`,
    );
    expect((await create(CLIENT, samples.jane)).why).toBe('');
    expect((await create('example.com/a', samples.master)).why).toBe('');
  });

  it('shows a request that can be read', async () => {
    const broken = Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n');
    expect((await create(CLIENT, broken.toString('base64'))).why).toContain(`${prefix}failed to parse CSR: `);
  });
});

it('other writes are nobody’s business here', async () => {
  const resource = { group: '', version: 'v1', resource: 'certificatesigningrequests' };
  const object = request(CLIENT, {}, samples.master);
  for (const facts of [{ resource }, { subresource: 'approval', operation: 'CREATE' as const }, { subresource: 'x' }])
    expect(await admit({ operation: 'UPDATE', object, oldObject: object, ...facts })).toEqual({ asked: [], why: '' });
});
