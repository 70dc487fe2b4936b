import {
  bearerTokenHash,
  bearerTokens,
  clientCertificates,
  forAudiences,
  orAnonymous,
  serviceAccountTokens,
  staticTokens,
  unionAuthenticators,
  withAuthenticatedGroup,
  type AccountLookup,
  type Authenticator,
  type StaticToken,
  type VerificationKey,
} from '@kcp/auth';
import type { ObjectReader } from '@kcp/object-store';
import type { AdminCredentials } from './admin-credentials.ts';

/** What the server's authenticators are made of. */
export interface AuthenticationParts {
  readonly store: ObjectReader;
  readonly credentials: AdminCredentials;
  readonly tokens: readonly StaticToken[];
  readonly keys: readonly VerificationKey[];
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly clock: () => number;
  readonly anonymous: boolean;
}

/** Who anybody is: a client certificate, else a token (admin, static, service account), else nobody. */
export function authenticators(parts: AuthenticationParts): Authenticator {
  const { credentials, audiences, clock, keys, issuer } = parts;
  const admins = [credentials.kcpAdmin, credentials.shardAdmin].map(({ hash, user }) => ({ hash, user }));
  const tokens = bearerTokens(
    forAudiences(audiences, bearerTokenHash(...admins)),
    forAudiences(audiences, staticTokens(parts.tokens)),
    serviceAccountTokens({ keys, issuers: [issuer], audiences, lookup: accountLookup(parts.store), clock }),
  );
  const known = withAuthenticatedGroup(unionAuthenticators(clientCertificates({ clock }), tokens));
  return parts.anonymous ? orAnonymous(known) : known;
}

/** Reads service accounts and their secrets from the store, on every request. */
function accountLookup(store: ObjectReader): AccountLookup {
  const bound = (resource: string, { cluster, namespace, name }: Parameters<AccountLookup['secret']>[0]) => {
    const object = store.get({ group: '', resource }, { cluster, namespace, name })?.decode();
    if (object?.metadata.uid === undefined) return undefined;
    const { uid, deletionTimestamp } = object.metadata;
    return {
      object,
      value: { uid, ...(deletionTimestamp !== undefined && { deletionTimestamp: Date.parse(deletionTimestamp) }) },
    };
  };
  return {
    serviceAccount: (key) => bound('serviceaccounts', key)?.value,
    secret: (key) => {
      const found = bound('secrets', key);
      if (!found) return undefined;
      const data = found.object['data'] as { readonly token?: unknown } | undefined;
      const token = typeof data?.token === 'string' ? Buffer.from(data.token, 'base64') : undefined;
      return { ...found.value, ...(token && { token }) };
    },
  };
}
