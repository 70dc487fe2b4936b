import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOutbound, type Outbound } from '@kcp/outbound';
import { startIssuer, type TestIssuer } from '../testing/issuer.ts';
import { fetchKeys } from './issuer-client.ts';

let issuer: TestIssuer;
let outbound: Outbound;
const owned = new AsyncDisposableStack();
beforeAll(async () => {
  issuer = owned.use(await startIssuer());
  outbound = owned.use(createOutbound());
});
afterAll(() => owned.disposeAsync());

const fetched = (longestDocument?: number) => {
  const { url, certificateAuthority } = issuer;
  const calls = { outbound, tenant: 'test', ...(longestDocument !== undefined && { longestDocument }) };
  return fetchKeys({ url, discoveryURL: '', certificateAuthority }, calls);
};

describe('documents of an issuer', () => {
  it('are as long as they like where nothing is said', async () => {
    expect(await fetched()).toHaveLength(1);
  });
  it('are refused where they are longer than is allowed, each by its address', async () => {
    expect(await fetched(10_000)).toHaveLength(1);
    await expect(fetched(10)).rejects.toThrow(
      `${issuer.url}/.well-known/openid-configuration: the answer has more than 10 characters`,
    );
    await expect(fetched(200)).rejects.toThrow(`${issuer.url}/keys: the answer has more than 200 characters`);
  });
});
