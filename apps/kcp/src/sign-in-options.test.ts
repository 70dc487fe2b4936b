import { describe, expect, it } from '@jest/globals';
import { FlagError } from '@kcp/process';
import { startFlags } from './flags.ts';
import { signInOptions } from './sign-in-options.ts';

function options(...args: string[]) {
  const parsed = startFlags.parse(args);
  if (parsed.kind === 'help') throw new Error('help');
  expect(parsed.warnings).toEqual([]);
  return signInOptions(parsed.values);
}

describe('the flags of signing in', () => {
  it('want nothing where they are not given', () => {
    expect(options()).toEqual({
      bootstrapTokens: false,
      authorizationOrder: ['AlwaysAllowGroups', 'AlwaysAllowPaths', 'RBAC', 'Webhook'],
      outbound: { allow: [], deny: [], denyPrivate: false },
    });
  });
  it('have the names that kube-apiserver and kcp have for them', () => {
    expect(
      options(
        '--oidc-issuer-url=https://i',
        '--oidc-client-id=c',
        '--oidc-username-claim=email',
        '--oidc-username-prefix=-',
        '--oidc-groups-claim=g',
        '--oidc-groups-prefix=p:',
        '--oidc-ca-file=ca.pem',
        '--oidc-required-claim=a=b',
        '--oidc-required-claim=c=d',
        '--oidc-signing-algs=ES256,RS256',
        '--requestheader-client-ca-file=proxies.pem',
        '--requestheader-allowed-names=front-proxy',
        '--requestheader-uid-headers=X-Remote-Uid',
        '--authentication-token-webhook-config-file=token.kubeconfig',
        '--authentication-token-webhook-cache-ttl=1m',
        '--authorization-webhook-config-file=sar.kubeconfig',
        '--authorization-webhook-version=v1beta1',
        '--authorization-webhook-cache-authorized-ttl=1s',
        '--authorization-order=RBAC,Webhook',
        '--enable-bootstrap-token-auth',
        '--outbound-deny-private',
        '--outbound-allow-cidrs=10.7.0.0/16',
      ),
    ).toEqual({
      oidc: {
        issuerUrl: 'https://i',
        clientId: 'c',
        usernameClaim: 'email',
        usernamePrefix: '-',
        groupsClaim: 'g',
        groupsPrefix: 'p:',
        caFile: 'ca.pem',
        requiredClaims: ['a=b', 'c=d'],
        signingAlgorithms: ['ES256', 'RS256'],
      },
      requestHeader: {
        clientCaFile: 'proxies.pem',
        allowedNames: ['front-proxy'],
        usernameHeaders: ['x-remote-user'],
        uidHeaders: ['X-Remote-Uid'],
        groupHeaders: ['x-remote-group'],
        extraHeaderPrefixes: ['x-remote-extra-'],
      },
      authenticationWebhook: { configFile: 'token.kubeconfig', version: 'v1', cacheMs: 60_000 },
      authorizationWebhook: {
        configFile: 'sar.kubeconfig',
        version: 'v1beta1',
        authorizedMs: 1000,
        unauthorizedMs: 30_000,
      },
      authorizationOrder: ['RBAC', 'Webhook'],
      bootstrapTokens: true,
      outbound: { allow: ['10.7.0.0/16'], deny: [], denyPrivate: true },
    });
    expect(options('--authentication-config=a.yaml')).toMatchObject({ authenticationConfig: 'a.yaml' });
  });
  it('that contradict each other are refused, all of them at once', () => {
    const refused = () =>
      options(
        '--oidc-issuer-url=https://i',
        '--authorization-order=Nobody',
        '--authentication-token-webhook-config-file=f',
        '--authentication-token-webhook-version=v3',
      );
    expect(refused).toThrow(FlagError);
    try {
      refused();
    } catch (error) {
      expect((error as FlagError).problems).toEqual([
        'oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set',
        'unsupported authentication webhook version "v3", supported versions are "v1", "v1beta1"',
        'invalid authorizer: "Nobody", must be one of AlwaysAllowGroups, AlwaysAllowPaths, RBAC, Webhook',
      ]);
    }
    expect(() => options('--authentication-config=a', '--oidc-groups-claim=g')).toThrow('mutually exclusive');
  });
});
