import { describe, expect, it } from '@jest/globals';
import { context, createErrors, prepared, updateErrors } from '../testing/context.ts';
import { endedCertificate, requests as samples } from '../testing/certificate-requests.ts';
import { certificateSigningRequests } from './certificate-signing-request.ts';

const requests = certificateSigningRequests();
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

  it('take certificates, once, and nothing else', () => {
    const approved = approval.strategy.prepareForUpdate?.(decided('Approved'), old, context) ?? old;
    const issued = (certificate: string) => ({
      ...approved,
      status: { ...(approved['status'] as object), certificate },
    });
    const refusal = (why: string) => [`status.certificate: Invalid value: "<certificate data>": ${why}`];
    const text = Buffer.from(endedCertificate, 'base64').toString();
    const withHeader = text.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n');
    const errors = (certificate: string) => updateErrors(status.strategy, issued(certificate), approved);
    expect(errors(endedCertificate)).toEqual([]);
    expect(errors(base64(text + text))).toEqual([]);
    expect(errors(base64('text'))).toEqual(refusal('must contain at least one CERTIFICATE PEM block'));
    expect(errors(pem('CERTIFICATE'))).toEqual(refusal('x509: malformed certificate'));
    expect(errors(base64(withHeader))).toEqual(refusal('no PEM block headers are permitted'));
    expect(errors(base64(`${text}-----BEGIN CRL-----\nMAMCAQE=\n-----END CRL-----\n`))).toEqual(
      refusal('only CERTIFICATE PEM blocks are allowed, found "CRL"'),
    );
    expect(updateErrors(status.strategy, issued(base64(text + text)), issued(endedCertificate))).toEqual([
      'status.certificate: Forbidden: updates may not modify existing certificate content',
    ]);
  });

  it('keep decisions word by word through status, and take other conditions', () => {
    const approved = approval.strategy.prepareForUpdate?.(decided('Approved'), old, context) ?? old;
    const failing = {
      ...approved,
      status: {
        conditions: [
          { type: 'Approved', status: 'True', reason: 'another' },
          { type: 'Failed', status: 'True' },
        ],
      },
    };
    expect(updateErrors(status.strategy, failing, approved)).toEqual([]);
    expect(status.strategy.prepareForUpdate?.(failing, approved, context)).toMatchObject({
      status: { conditions: [{ type: 'Approved', lastUpdateTime: context.now }, { type: 'Failed' }] },
    });
  });

  it('change neither spec nor status through the object itself', () => {
    const changed = { ...decided('Approved'), spec: { ...good, usages: ['server auth'] } };
    expect(requests.strategy.prepareForUpdate?.(changed, old, context)).toMatchObject({
      spec: { usages: ['client auth'], username: 'admin' },
      status: {},
    });
    expect(updateErrors(requests.strategy, changed, old)).toEqual([]);
  });

  it.each([
    ['a type', [{ status: 'True' }], ['status.conditions[0].type: Required value']],
    ['a status', [{ type: 'X' }], ['status.conditions[0].status: Required value']],
    [
      'one status of a decision',
      [{ type: 'Denied', status: 'False' }],
      ['status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
    ],
    [
      'one condition of a type',
      [
        { type: 'X', status: 'True' },
        { type: 'X', status: 'False' },
      ],
      ['status.conditions[1].type: Duplicate value: "X"'],
    ],
  ])('need %s', (_what, conditions, errors) => {
    expect(updateErrors(approval.strategy, { ...old, status: { conditions } }, old)).toEqual(errors);
  });

  it('need not put right what was wrong before', () => {
    const conditions = [
      { status: 'True', lastUpdateTime: context.now, lastTransitionTime: context.now },
      ...['Approved', 'Denied', 'X', 'X'].map((type) => ({
        type,
        status: 'True',
        lastUpdateTime: context.now,
        lastTransitionTime: context.now,
      })),
    ];
    const signerName = 'kubernetes.io/legacy-unknown';
    const spec = { ...good, signerName, usages: ['juggling', 'juggling'] };
    const found = { ...old, spec, status: { conditions, certificate: base64('text') } };
    for (const strategy of [requests.strategy, approval.strategy, status.strategy])
      expect(updateErrors(strategy, found, found)).toEqual([]);
  });

  it('may have any name that fits into a path', () => {
    expect(requests.strategy.nameErrors('Node_CSR:1', false)).toEqual([]);
    expect(requests.strategy.nameErrors('a/b', false)).toEqual(["may not contain '/'"]);
  });

  it('are checked by their signature', async () => {
    const errors = async (request: string) =>
      (await requests.strategy.examineCreate?.(prepared(requests, { spec: { ...good, request } }), context, []))?.map(
        ({ message }) => message,
      );
    expect(await errors(samples.jane)).toEqual([]);
    expect(await errors(pem('CERTIFICATE REQUEST'))).toEqual([
      expect.stringContaining('asn1: structure error: not a PKCS #10 certificate request'),
    ]);
    const text = Buffer.from(samples.jane, 'base64').toString();
    const der = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    expect(await errors(base64(forged))).toEqual([expect.stringContaining('signature')]);
  });
});
