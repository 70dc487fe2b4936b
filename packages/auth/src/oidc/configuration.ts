/** apiserver.config.k8s.io AuthenticationConfiguration: which issuers of tokens are believed, and who may be anonymous. */
export interface AuthenticationConfiguration {
  readonly jwt: readonly JwtAuthenticatorConfiguration[];
  readonly anonymous?: AnonymousConfiguration;
}

/** Whether requests without credentials are let in, and on which paths; none: on all. */
export interface AnonymousConfiguration {
  readonly enabled: boolean;
  readonly conditions: readonly { readonly path: string }[];
}

/** One issuer, and what its tokens' claims mean. */
export interface JwtAuthenticatorConfiguration {
  readonly issuer: IssuerConfiguration;
  readonly claimValidationRules: readonly ClaimValidationRule[];
  readonly claimMappings: ClaimMappings;
  readonly userValidationRules: readonly UserValidationRule[];
}

/** Who issues, and for whom. Empty texts are absent ones, as in Go. */
export interface IssuerConfiguration {
  readonly url: string;
  /** Where its OpenID configuration is, if not below the URL. */
  readonly discoveryURL: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly audiences: readonly string[];
  /** `MatchAny`, which is all there is. */
  readonly audienceMatchPolicy: string;
  readonly egressSelectorType: string;
}

/** A claim with a value that it must have, or an expression that must hold. */
export interface ClaimValidationRule {
  readonly claim: string;
  readonly requiredValue: string;
  readonly expression: string;
  readonly message: string;
}

/** Where the parts of a user come from. */
export interface ClaimMappings {
  readonly username: PrefixedClaimOrExpression;
  readonly groups: PrefixedClaimOrExpression;
  readonly uid: ClaimOrExpression;
  readonly extra: readonly { readonly key: string; readonly valueExpression: string }[];
}

export interface ClaimOrExpression {
  readonly claim: string;
  readonly expression: string;
}

export interface PrefixedClaimOrExpression extends ClaimOrExpression {
  /** Goes with a claim, and must; it may be empty. */
  readonly prefix?: string;
}

/** An expression about the user that came out. */
export interface UserValidationRule {
  readonly expression: string;
  readonly message: string;
}
