import { describe, expect, it } from '@jest/globals';
import { signInProblems } from './sign-in-options.ts';

describe('options that contradict themselves', () => {
  it('are none by default', () => {
    expect(signInProblems({})).toEqual([]);
    expect(
      signInProblems({ oidc: { issuerUrl: 'https://i', clientId: 'c' }, authorizationOrder: ['Webhook', 'RBAC'] }),
    ).toEqual([]);
  });
  it.each([
    [
      { oidc: { issuerUrl: 'https://i' } },
      'oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set',
    ],
    [
      { oidc: { groupsClaim: 'g' } },
      'oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set',
    ],
    [
      { oidc: { issuerUrl: 'https://i', clientId: 'c' }, authenticationConfig: 'f' },
      'authentication-config file and oidc-* flags are mutually exclusive',
    ],
    [
      { oidc: { issuerUrl: 'https://i', clientId: 'c', requiredClaims: ['x'] } },
      'oidc-required-claim: malformed pair, expect string=string: "x"',
    ],
    [
      { oidc: { issuerUrl: 'https://i', clientId: 'c', signingAlgorithms: ['HS256'] } },
      'oidc: unsupported signing alg: "HS256"',
    ],
    [
      { authenticationWebhook: { configFile: 'f', version: 'v2' } },
      'unsupported authentication webhook version "v2", supported versions are "v1", "v1beta1"',
    ],
    [
      { authorizationWebhook: { configFile: 'f', version: 'v2' } },
      'unsupported webhook authorizer version "v2", supported versions are "v1", "v1beta1"',
    ],
    [
      { authorizationOrder: ['ABAC'] },
      'invalid authorizer: "ABAC", must be one of AlwaysAllowGroups, AlwaysAllowPaths, RBAC, Webhook',
    ],
  ])('%j: %s', (options, problem) => {
    expect(signInProblems(options)).toEqual([problem]);
  });
});
