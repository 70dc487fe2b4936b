import {
  authorizationWebhook,
  checkAuthenticationConfiguration,
  flagConfiguration,
  fromAuthority,
  isIdentityHeader,
  jwtTokens,
  requestHeader,
  SIGNING_ALGORITHMS,
  tokenWebhook,
  type AnonymousConfiguration,
  type Authenticator,
  type Authorizer,
  type FromAuthority,
  type JwtAuthenticatorPlan,
  type JwtTokens,
  type ReviewCalls,
  type TokenAuthenticator,
} from '@kcp/auth';
import { createOutbound } from '@kcp/outbound';
import type { Logger, Meter } from '@kcp/telemetry';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ambient } from './ambient.ts';
import type { CertificateSet } from './certificates/certificate-set.ts';
import { followAuthenticationFile, readAuthenticationFile, throwErrors } from './authentication-file.ts';
import { readOptionFile } from './option-file.ts';
import type { ServerOptions } from './options.ts';
import type { ServiceAccountSettings } from './service-account-settings.ts';
import { signInProblems, type OidcOptions, type RequestHeaderFiles } from './sign-in-options.ts';
import { readWebhookKubeconfig } from './webhook-kubeconfig.ts';

/** Further ways to sign in, and a further authorizer, as the options want them. */
export interface SignIn {
  readonly requestHeader?: Authenticator;
  /** True for headers that nobody behind authentication is to see. */
  readonly isIdentityHeader?: (name: string) => boolean;
  /** Which certificates are users': only asked for where there are other authorities besides. */
  readonly isClient?: FromAuthority;
  readonly jwt?: JwtTokens;
  readonly anonymous?: AnonymousConfiguration;
  readonly tokenWebhook?: TokenAuthenticator;
  readonly authorizationWebhook?: Authorizer;
}

/** What reading the options needs. */
export interface SignInParts {
  /** Takes over what must end with the server. */
  readonly owner: AsyncDisposableStack;
  readonly ambient: Ambient;
  readonly logger: Logger;
  readonly meter: Meter;
  /** The authorities of certificates as they are now. */
  readonly certificates: () => Pick<CertificateSet, 'userCa' | 'proxyCa'>;
  readonly accounts: ServiceAccountSettings;
}

/** Reads what the options name. Throws Error, OptionFileError where a file is no good; nothing is called yet. */
export async function readSignIn(options: ServerOptions, parts: SignInParts): Promise<SignIn> {
  const problems = signInProblems(options);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return {
    ...certificates(options, parts),
    ...(await issuers(options, parts)),
    ...(await webhooks(options, parts)),
  };
}

function certificates(
  { requestHeader: proxies }: ServerOptions,
  { ambient, certificates: current }: SignInParts,
): Pick<SignIn, 'requestHeader' | 'isIdentityHeader' | 'isClient'> {
  if (!proxies) return {};
  const { clock } = ambient;
  return {
    isClient: followed(() => current().userCa, clock),
    ...proxyHeaders(
      proxies,
      followed(() => current().proxyCa, clock),
    ),
  };
}

/** Judges by the authorities as they are now. */
function followed(pem: () => string, clock: () => number): FromAuthority {
  let known = '';
  let isFrom: FromAuthority = () => false;
  return (peer) => {
    const current = pem();
    if (current !== known) {
      isFrom = fromAuthority(current, { clock });
      known = current;
    }
    return isFrom(peer);
  };
}

function proxyHeaders(
  files: RequestHeaderFiles,
  fromProxy: FromAuthority,
): Required<Pick<SignIn, 'requestHeader' | 'isIdentityHeader'>> {
  const { usernameHeaders = [], uidHeaders = [], groupHeaders = [], extraHeaderPrefixes = [] } = files;
  const names = { username: usernameHeaders, uid: uidHeaders, group: groupHeaders, extraPrefix: extraHeaderPrefixes };
  return {
    requestHeader: requestHeader({ names, fromProxy, allowedNames: files.allowedNames ?? [] }),
    isIdentityHeader: isIdentityHeader(names),
  };
}

async function issuers(options: ServerOptions, parts: SignInParts): Promise<Pick<SignIn, 'jwt' | 'anonymous'>> {
  const { oidc, authenticationConfig: file } = options;
  const { owner, logger, meter, accounts } = parts;
  if (file !== undefined) {
    const first = await readAuthenticationFile(file, accounts.issuers);
    const { anonymous } = first.configuration;
    if (anonymous && options.anonymousAuth !== undefined) {
      throw new Error(
        '--anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file',
      );
    }
    const jwt = believed(first.plans, SIGNING_ALGORITHMS, parts);
    const followed = { file, first, disallowedIssuers: accounts.issuers, tokens: jwt, logger, meter };
    owner.use(followAuthenticationFile(followed));
    return { jwt, ...(anonymous && { anonymous }) };
  }
  return oidc
    ? { jwt: believed(await flagPlans(oidc, accounts.issuers), oidc.signingAlgorithms ?? ['RS256'], parts) }
    : {};
}

async function flagPlans(oidc: OidcOptions, disallowed: readonly string[]): Promise<readonly JwtAuthenticatorPlan[]> {
  const { issuerUrl = '', clientId = '', caFile, requiredClaims = [], signingAlgorithms: _, ...claims } = oidc;
  const certificateAuthority = caFile === undefined ? '' : await readOptionFile(caFile, (pem) => pem.toString('utf8'));
  const pairs = requiredClaims.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  const configuration = flagConfiguration({
    ...claims,
    issuerUrl,
    clientId,
    certificateAuthority,
    requiredClaims: Object.fromEntries(pairs) as Record<string, string>,
  });
  const { errors, plans } = checkAuthenticationConfiguration(configuration, disallowed);
  throwErrors(errors);
  return plans;
}

/** Issuers that the operator chose: their addresses are as good as the operator's word. Their keys are fetched in the background. */
function believed(
  plans: readonly JwtAuthenticatorPlan[],
  algorithms: readonly string[],
  { owner, ambient, logger, meter, accounts }: SignInParts,
): JwtTokens {
  const outbound = owner.use(createOutbound({ policy: 'unrestricted', meter }));
  const { clock } = ambient;
  const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
    await wait(ms, undefined, { signal, ref: false }).catch(() => {});
  };
  const tokens = jwtTokens(plans, {
    wait: pause,
    outbound,
    tenant: 'oidc',
    algorithms,
    apiAudiences: accounts.audiences,
    clock,
    logger,
    meter,
  });
  return owner.use(tokens);
}

async function webhooks(
  { authenticationWebhook, authorizationWebhook: authorizing }: ServerOptions,
  { owner, ambient, logger, meter, accounts }: SignInParts,
): Promise<Pick<SignIn, 'tokenWebhook' | 'authorizationWebhook'>> {
  if (!authenticationWebhook && !authorizing) return {};
  const { clock, random } = ambient;
  const outbound = owner.use(
    createOutbound({
      policy: 'unrestricted',
      limits: { perTenant: 512, queuePerTenant: 4_096, total: 8_192, idlePerHost: 64 },
      meter,
    }),
  );
  const calls = async (configFile: string, name: 'authentication' | 'authorization'): Promise<ReviewCalls> => ({
    endpoint: await readWebhookKubeconfig(configFile),
    outbound,
    tenant: `${name} webhook`,
    wait: async (ms) => wait(ms),
    random,
    observe: webhookMetrics(meter, name),
    clock,
  });
  return {
    ...(authenticationWebhook && {
      tokenWebhook: tokenWebhook({
        ...(await calls(authenticationWebhook.configFile, 'authentication')),
        version: versionOf(authenticationWebhook.version),
        audiences: accounts.audiences,
        cacheMs: authenticationWebhook.cacheMs ?? 120_000,
        logger,
      }),
    }),
    ...(authorizing && {
      authorizationWebhook: authorizationWebhook({
        ...(await calls(authorizing.configFile, 'authorization')),
        version: versionOf(authorizing.version),
        allowedMs: authorizing.authorizedMs ?? 300_000,
        otherMs: authorizing.unauthorizedMs ?? 30_000,
        logger,
      }),
    }),
  };
}

function versionOf(version: string | undefined): 'v1' | 'v1beta1' {
  return version === 'v1beta1' ? version : 'v1';
}

function webhookMetrics(meter: Meter, name: string): NonNullable<ReviewCalls['observe']> {
  const labels = ['code'];
  const total = meter.counter({
    name: `apiserver_delegated_${name.slice(0, 5)}_request_total`,
    help: 'Number of HTTP requests to the webhook, by status code.',
    labels,
  });
  const duration = meter.histogram({
    name: `apiserver_delegated_${name.slice(0, 5)}_request_duration_seconds`,
    help: 'Latency of requests to the webhook in seconds, by status code.',
    labels,
    buckets: [0.25, 0.5, 0.7, 1, 1.5, 3, 5, 10],
  });
  return (code, ms) => {
    total.add(1, { code });
    duration.observe(ms / 1000, { code });
  };
}
