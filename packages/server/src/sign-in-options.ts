import { AUTHORIZERS, isAuthorizerName, SIGNING_ALGORITHMS } from '@kcp/auth';

/** How people and programs may sign in, beyond certificates and tokens of the server's own, and who else authorizes them. */
export interface SignInOptions {
  /** One OpenID issuer, as kube-apiserver's --oidc-* flags have it. */
  readonly oidc?: OidcOptions;
  /** The path of an AuthenticationConfiguration (apiserver.config.k8s.io): several issuers; read again when it changes. */
  readonly authenticationConfig?: string;
  /** A front proxy that says who its requests are from. */
  readonly requestHeader?: RequestHeaderFiles;
  /** A server that is asked whose a token is. */
  readonly authenticationWebhook?: AuthenticationWebhookOptions;
  /** A server that is asked whether somebody may. */
  readonly authorizationWebhook?: AuthorizationWebhookFiles;
  /** Names of AUTHORIZERS; all of them in their order where it is absent. */
  readonly authorizationOrder?: readonly string[];
  /** True accepts bootstrap tokens, each in the logical cluster that has its Secret. */
  readonly bootstrapTokens?: boolean;
}

/** --oidc-*; what is left out has kube-apiserver's default. */
export interface OidcOptions {
  readonly issuerUrl?: string;
  readonly clientId?: string;
  readonly usernameClaim?: string;
  readonly usernamePrefix?: string;
  readonly groupsClaim?: string;
  readonly groupsPrefix?: string;
  /** The path of a PEM file. */
  readonly caFile?: string;
  /** `claim=value`, each. */
  readonly requiredClaims?: readonly string[];
  /** JOSE names; RS256 where it is absent. */
  readonly signingAlgorithms?: readonly string[];
}

/** --requestheader-*. */
export interface RequestHeaderFiles {
  /** The authorities of proxies: the path of a PEM file. */
  readonly clientCaFile: string;
  /** Common names; none: any that the authorities vouch for. */
  readonly allowedNames?: readonly string[];
  readonly usernameHeaders?: readonly string[];
  readonly uidHeaders?: readonly string[];
  readonly groupHeaders?: readonly string[];
  readonly extraHeaderPrefixes?: readonly string[];
}

/** --authentication-token-webhook-*. */
export interface AuthenticationWebhookOptions {
  /** The path of a kubeconfig. */
  readonly configFile: string;
  /** `v1` where it is absent. */
  readonly version?: string;
  /** In milliseconds; two minutes where it is absent. */
  readonly cacheMs?: number;
}

/** --authorization-webhook-*. */
export interface AuthorizationWebhookFiles {
  /** The path of a kubeconfig. */
  readonly configFile: string;
  /** `v1` where it is absent. */
  readonly version?: string;
  /** In milliseconds; five minutes where it is absent. */
  readonly authorizedMs?: number;
  /** In milliseconds; thirty seconds where it is absent. */
  readonly unauthorizedMs?: number;
}

const VERSIONS = ['v1', 'v1beta1'];

/** What contradicts itself, in upstream's words where it has some; read before any file is. */
export function signInProblems(options: SignInOptions): readonly string[] {
  const { authenticationWebhook, authorizationWebhook } = options;
  return [
    ...oidcProblems(options),
    ...versionProblem('authentication', authenticationWebhook?.version),
    ...(authorizationWebhook?.version !== undefined && !VERSIONS.includes(authorizationWebhook.version)
      ? [
          `unsupported webhook authorizer version ${JSON.stringify(authorizationWebhook.version)}, supported versions are "v1", "v1beta1"`,
        ]
      : []),
    ...(options.authorizationOrder ?? []).flatMap((name) =>
      isAuthorizerName(name)
        ? []
        : [`invalid authorizer: ${JSON.stringify(name)}, must be one of ${AUTHORIZERS.join(', ')}`],
    ),
  ];
}

function versionProblem(what: string, version: string | undefined): readonly string[] {
  if (version === undefined || VERSIONS.includes(version)) return [];
  return [`unsupported ${what} webhook version ${JSON.stringify(version)}, supported versions are "v1", "v1beta1"`];
}

function oidcProblems({ oidc, authenticationConfig }: SignInOptions): readonly string[] {
  if (!oidc) return [];
  if (authenticationConfig !== undefined) return ['authentication-config file and oidc-* flags are mutually exclusive'];
  const { issuerUrl = '', clientId = '', requiredClaims = [], signingAlgorithms = [] } = oidc;
  const problems: string[] = [];
  if (issuerUrl === '' || clientId === '') {
    problems.push('oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set');
  }
  for (const claim of requiredClaims) {
    if (!/^[^=]+=/.test(claim))
      problems.push(`oidc-required-claim: malformed pair, expect string=string: ${JSON.stringify(claim)}`);
  }
  for (const algorithm of signingAlgorithms) {
    if (!SIGNING_ALGORITHMS.some((known) => known === algorithm)) {
      problems.push(`oidc: unsupported signing alg: ${JSON.stringify(algorithm)}`);
    }
  }
  return problems;
}
