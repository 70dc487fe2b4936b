import { describe, expect, it } from '@jest/globals';
import { context, createErrors, prepared, updateErrors } from '../testing/context.ts';
import { certificateSigningRequests } from './certificate-signing-request.ts';

const requests = certificateSigningRequests(() => ({ kind: 'noOpinion', reason: '' }));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pem = (label: string): string => base64(`-----BEGIN ${label}-----\nMAMCAQE=\n-----END ${label}-----\n`);
const good = { request: pem('CERTIFICATE REQUEST'), signerName: 'example.com/signer', usages: ['client auth'] };
const { approval, status } = requests.subresources;
if (approval?.kind !== 'part' || status?.kind !== 'part') throw new Error('no parts');

describe('certificate signing requests', () => {
  it('take who asks from the request and start undecided', () => {
    const forged = { spec: { ...good, username: 'root', groups: ['x'] }, status: { certificate: pem('CERTIFICATE') } };
    expect(prepared(requests, forged)).toMatchObject({
      spec: { ...good, username: 'admin', uid: '5', groups: ['system:masters'] },
      status: {},
    });
    expect(createErrors(requests, forged)).toEqual([]);
  });

  it.each([
    [
      {},
      [
        'spec.request: Invalid value: null: PEM block type must be CERTIFICATE REQUEST',
        'spec.usages: Required value',
        'spec.signerName: Required value',
      ],
    ],
    [
      { ...good, request: base64('text') },
      ['spec.request: Invalid value: "dGV4dA==": PEM block type must be CERTIFICATE REQUEST'],
    ],
    [
      { ...good, signerName: 'plain' },
      [
        'spec.signerName: Invalid value: "plain": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
      ],
    ],
    [{ ...good, usages: ['client auth', 'client auth'] }, ['spec.usages[1]: Duplicate value: "client auth"']],
    [
      { ...good, expirationSeconds: 599 },
      ['spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)'],
    ],
    [
      { ...good, signerName: 'kubernetes.io/legacy-unknown' },
      [
        'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
      ],
    ],
  ])('%j', (spec, errors) => {
    expect(createErrors(requests, { spec })).toEqual(errors);
  });

  const old = prepared(requests, { spec: good });
  const decided = (...types: readonly string[]) => ({
    ...old,
    status: { conditions: types.map((type) => ({ type, status: 'True' })) },
  });

  it('are approved through approval, with times, and only there', () => {
    expect(approval.strategy.prepareForUpdate?.(decided('Approved'), old, context)).toMatchObject({
      status: { conditions: [{ type: 'Approved', lastUpdateTime: context.now, lastTransitionTime: context.now }] },
    });
    expect(updateErrors(approval.strategy, decided('Approved'), old)).toEqual([]);
    expect(updateErrors(status.strategy, decided('Approved'), old)).toEqual([
      'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
    ]);
  });

  it('decide once', () => {
    expect(updateErrors(approval.strategy, decided('Approved', 'Denied'), old)).toEqual([
      'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
    ]);
    expect(updateErrors(approval.strategy, decided(), decided('Approved'))).toEqual([
      'status.conditions: Forbidden: updates may not remove a condition of type "Approved"',
    ]);
  });

  it('take certificates, and nothing else', () => {
    const issued = (certificate: string) => ({
      ...decided('Approved'),
      status: { ...decided('Approved').status, certificate },
    });
    expect(updateErrors(status.strategy, issued(pem('CERTIFICATE')), decided('Approved'))).toEqual([]);
    expect(updateErrors(status.strategy, issued(base64('text')), decided('Approved'))).toEqual([
      'status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block',
    ]);
  });

  it('are decided by who may approve for the signer', async () => {
    await expect(approval.strategy.authorizeUpdate?.(decided('Approved'), old, context)).rejects.toThrow(
      'certificatesigningrequests.certificates.k8s.io "x" is forbidden: user not permitted to approve requests with signerName "example.com/signer"',
    );
  });
});
