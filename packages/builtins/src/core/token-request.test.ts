import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { BoundTokenRequest } from '@kcp/auth';
import { root } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { context } from '../testing/context.ts';
import { World } from '../testing/world.ts';
import { secrets } from './secret.ts';
import { tokenRequests } from './token-request.ts';

const issued: BoundTokenRequest[] = [];
const world = new World([secrets()]);
const token = tokenRequests({
  store: world.reader as ObjectReader,
  audiences: ['api'],
  issuer: {
    bound: (request) => {
      issued.push(request);
      return { token: 'signed', id: '1', expires: Date.parse('2026-01-02T04:04:05.900Z') };
    },
    legacy: () => '',
  },
});
const account: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'bot', namespace: 'ns', uid: 'u1' },
};

async function ask(raw: JsonObject): Promise<KubeObject> {
  if (token.kind !== 'create') throw new Error('gives nothing');
  return token.answer(account, token.decode(raw).object, context);
}

describe('TokenRequests', () => {
  it('are for an hour and for the server where nothing else is said', async () => {
    expect(await ask({})).toMatchObject({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name: 'bot', namespace: 'ns', creationTimestamp: context.now },
      spec: { audiences: ['api'], expirationSeconds: 3600, boundObjectRef: null },
      status: { token: 'signed', expirationTimestamp: '2026-01-02T04:04:05Z' },
    });
    expect(issued.at(-1)).toMatchObject({ cluster: root, account: { name: 'bot', uid: 'u1' }, audiences: ['api'] });
  });

  it.each([
    [
      { spec: { expirationSeconds: 599 } },
      'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    ],
    [{ spec: { expirationSeconds: 4294967297 } }, 'may not specify a duration larger than 2^32 seconds'],
    [
      { metadata: { name: 'other' } },
      'TokenRequest.authentication.k8s.io "bot" is invalid: metadata.name: Invalid value: "other"',
    ],
    [{ metadata: { namespace: 'other' } }, 'the namespace of the provided object does not match'],
    [
      { spec: { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } } },
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
    [{ spec: { boundObjectRef: { name: 'x' } } }, 'cannot bind token to object of type /, Kind='],
    [{ spec: { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'none' } } }, 'secrets "none" not found'],
  ])('%j is refused', async (raw, why) => {
    await expect(
      ask(raw).then(
        () => '',
        (error: Error) => error.message,
      ),
    ).resolves.toContain(why);
  });

  it('may be bound to a Secret, by its uid if it is given', async () => {
    const secret = { metadata: { name: 'anchor' } };
    await world.writer.create(
      { cluster: root, resource: { group: '', version: 'v1', resource: 'secrets' }, namespace: 'ns' },
      secret,
    );
    const boundObjectRef = { kind: 'Secret', apiVersion: 'v1', name: 'anchor' };
    await ask({ spec: { boundObjectRef } });
    expect(issued.at(-1)?.secret).toEqual({ name: 'anchor', uid: 'uid-anchor' });
    const wrong = ask({ spec: { boundObjectRef: { ...boundObjectRef, uid: 'wrong' } } });
    await expect(wrong).rejects.toThrow(
      'Operation cannot be fulfilled on Secret "anchor": the UID in the bound object reference (wrong)',
    );
  });
});
