import { jwtTokens, SIGNING_ALGORITHMS, type TokenAuthenticator } from '@kcp/auth';
import type { Outbound } from '@kcp/outbound';
import type { ObjectReader } from '@kcp/object-store';
import type { Logger } from '@kcp/telemetry';
import { LONGEST_DOCUMENT, TOKEN_BYTES, workspaceTokens, type ClusterLookup } from '@kcp/tenancy';
import type { ServiceAccountSettings } from './service-account-settings.ts';

/** What knowing the tokens of workspaces' own issuers takes. */
export interface WorkspaceAuthenticationParts {
  readonly store: Pick<ObjectReader, 'get'>;
  readonly clusters: ClusterLookup;
  readonly accounts: Pick<ServiceAccountSettings, 'audiences' | 'issuers'>;
  /** For addresses that tenants choose. */
  readonly outbound: Outbound;
  readonly clock: () => number;
  readonly logger: Logger;
}

/**
 * Knows tokens of the issuers that types of workspaces refer to. Their keys are fetched when a token needs them, within the bounds of
 * the tenant that has the configuration: an issuer that hangs holds up the requests that show its own tokens, for ten seconds each time.
 */
export function workspaceAuthentication(parts: WorkspaceAuthenticationParts): TokenAuthenticator {
  const { store, clusters, accounts, outbound, clock, logger } = parts;
  return workspaceTokens({
    store,
    clusters,
    disallowedIssuers: accounts.issuers,
    logger,
    believe: (plans, tenant) =>
      jwtTokens(plans, {
        outbound,
        tenant,
        longestDocument: LONGEST_DOCUMENT,
        cacheBytes: TOKEN_BYTES,
        confined: true,
        algorithms: SIGNING_ALGORITHMS,
        apiAudiences: accounts.audiences,
        clock,
        logger: asNews(logger),
      }),
  });
}

/** What goes wrong at a tenant's issuer is no failure of this server. */
function asNews(logger: Logger): Logger {
  return {
    debug: (message, facts) => logger.debug(message, facts),
    info: (message, facts) => logger.info(message, facts),
    warn: (message, facts) => logger.info(message, facts),
    error: (message, facts) => logger.info(message, facts),
    child: (facts) => asNews(logger.child(facts)),
  };
}
