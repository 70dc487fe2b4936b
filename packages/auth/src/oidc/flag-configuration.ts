import type { AuthenticationConfiguration } from './configuration.ts';

/** kube-apiserver's --oidc-* flags. */
export interface OidcFlags {
  readonly issuerUrl: string;
  readonly clientId: string;
  /** `sub` where it is left out. */
  readonly usernameClaim?: string;
  /** Left out: the issuer and `#`, or nothing for e-mail addresses; `-`: nothing. */
  readonly usernamePrefix?: string;
  readonly groupsClaim?: string;
  readonly groupsPrefix?: string;
  /** PEM. */
  readonly certificateAuthority?: string;
  /** Claims that a token must have, with their values. */
  readonly requiredClaims?: Readonly<Record<string, string>>;
}

/** The configuration that the flags stand for (kubeapiserver options ToAuthenticationConfig). */
export function flagConfiguration(flags: OidcFlags): AuthenticationConfiguration {
  const { issuerUrl, clientId, usernameClaim = 'sub', groupsClaim = '', certificateAuthority = '' } = flags;
  const none = { claim: '', expression: '' };
  return {
    jwt: [
      {
        issuer: {
          url: issuerUrl,
          discoveryURL: '',
          certificateAuthority,
          audiences: [clientId],
          audienceMatchPolicy: '',
          egressSelectorType: '',
        },
        claimValidationRules: Object.entries(flags.requiredClaims ?? {}).map(([claim, requiredValue]) => ({
          claim,
          requiredValue,
          expression: '',
          message: '',
        })),
        claimMappings: {
          username: { claim: usernameClaim, prefix: usernamePrefix(flags, usernameClaim), expression: '' },
          groups: groupsClaim === '' ? none : { claim: groupsClaim, prefix: flags.groupsPrefix ?? '', expression: '' },
          uid: none,
          extra: [],
        },
        userValidationRules: [],
      },
    ],
  };
}

function usernamePrefix({ usernamePrefix = '', issuerUrl }: OidcFlags, claim: string): string {
  if (usernamePrefix === '-') return '';
  return usernamePrefix === '' && claim !== 'email' ? `${issuerUrl}#` : usernamePrefix;
}
