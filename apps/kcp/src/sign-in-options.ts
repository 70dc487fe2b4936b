import { FlagError } from '@kcp/process';
import { signInProblems, type OidcOptions, type ServerOptions, type SignInOptions } from '@kcp/server';
import type { SignInFlags } from './sign-in-flags.ts';

/** What the flags mean. Throws FlagError with all that contradicts itself. */
export function signInOptions(flags: SignInFlags): SignInOptions & Pick<ServerOptions, 'outbound'> {
  const oidc = oidcOptions(flags);
  const options: SignInOptions & Pick<ServerOptions, 'outbound'> = {
    bootstrapTokens: flags.enableBootstrapTokenAuth,
    authorizationOrder: flags.authorizationOrder,
    outbound: {
      allow: flags.outboundAllowCidrs,
      deny: flags.outboundDenyCidrs,
      denyPrivate: flags.outboundDenyPrivate,
    },
    ...(Object.keys(oidc).length > 0 && { oidc }),
    ...(flags.authenticationConfig !== '' && { authenticationConfig: flags.authenticationConfig }),
    ...frontProxy(flags),
    ...webhookOptions(flags),
  };
  const problems = signInProblems(options);
  if (problems.length > 0) throw new FlagError(problems);
  return options;
}

function oidcOptions(flags: SignInFlags): OidcOptions {
  const text = (name: keyof OidcOptions, value: string) => (value === '' ? {} : { [name]: value });
  const list = (name: keyof OidcOptions, value: readonly string[]) => (value.length === 0 ? {} : { [name]: value });
  return {
    ...text('issuerUrl', flags.oidcIssuerUrl),
    ...text('clientId', flags.oidcClientId),
    ...text('usernameClaim', flags.oidcUsernameClaim),
    ...text('usernamePrefix', flags.oidcUsernamePrefix),
    ...text('groupsClaim', flags.oidcGroupsClaim),
    ...text('groupsPrefix', flags.oidcGroupsPrefix),
    ...text('caFile', flags.oidcCaFile),
    ...list('requiredClaims', flags.oidcRequiredClaim),
    ...list('signingAlgorithms', flags.oidcSigningAlgs),
  };
}

function frontProxy(flags: SignInFlags): Pick<SignInOptions, 'requestHeader'> {
  if (flags.requestheaderClientCaFile === '') return {};
  return {
    requestHeader: {
      clientCaFile: flags.requestheaderClientCaFile,
      allowedNames: flags.requestheaderAllowedNames,
      usernameHeaders: flags.requestheaderUsernameHeaders,
      uidHeaders: flags.requestheaderUidHeaders,
      groupHeaders: flags.requestheaderGroupHeaders,
      extraHeaderPrefixes: flags.requestheaderExtraHeadersPrefix,
    },
  };
}

function webhookOptions(flags: SignInFlags): Pick<SignInOptions, 'authenticationWebhook' | 'authorizationWebhook'> {
  return {
    ...(flags.authenticationTokenWebhookConfigFile !== '' && {
      authenticationWebhook: {
        configFile: flags.authenticationTokenWebhookConfigFile,
        version: flags.authenticationTokenWebhookVersion,
        cacheMs: flags.authenticationTokenWebhookCacheTtl,
      },
    }),
    ...(flags.authorizationWebhookConfigFile !== '' && {
      authorizationWebhook: {
        configFile: flags.authorizationWebhookConfigFile,
        version: flags.authorizationWebhookVersion,
        authorizedMs: flags.authorizationWebhookCacheAuthorizedTtl,
        unauthorizedMs: flags.authorizationWebhookCacheUnauthorizedTtl,
      },
    }),
  };
}
