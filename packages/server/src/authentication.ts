import type { X509Certificate } from 'node:crypto';
import { isArray, isObject, type KubeObject } from '@kcp/api-machinery';
import {
  bearerTokenHash,
  bearerTokens,
  bootstrapTokens,
  clientCertificates,
  forAudiences,
  onlyFrom,
  orAnonymous,
  serviceAccountTokens,
  staticTokens,
  tokenDigest,
  unionAuthenticators,
  withAuthenticatedGroup,
  type AccountLookup,
  type AnonymousConfiguration,
  type Authentication,
  type Authenticator,
  type LegacyTokenUse,
  type StaticToken,
  type TokenAuthenticator,
  type VerificationKey,
} from '@kcp/auth';
import type { ObjectReader } from '@kcp/object-store';
import type { AdminCredentials } from './admin-credentials.ts';
import { bootstrapSecrets } from './bootstrap-secrets.ts';
import type { SignIn } from './sign-in.ts';

/** What the server's authenticators are made of. */
export interface AuthenticationParts {
  readonly store: ObjectReader;
  readonly credentials: AdminCredentials;
  readonly tokens: readonly StaticToken[];
  readonly keys: readonly VerificationKey[];
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  /** Authorities whose client certificates count in one logical cluster only. */
  readonly confining: () => readonly X509Certificate[];
  readonly clock: () => number;
  readonly anonymous: AnonymousConfiguration;
  readonly bootstrapTokens: boolean;
  /** Told of each use of a token that lives in a Secret. */
  readonly onLegacyUse: (use: LegacyTokenUse) => void;
  readonly signIn: SignIn;
  /** Knows tokens that count in one workspace because its type says so; asked last. */
  readonly workspaceTokens?: TokenAuthenticator;
}

/** Who anybody is. */
export interface Authenticators {
  readonly authenticate: Authenticator;
  /** The service account of a token, if it is one; never waits. */
  readonly serviceAccount: (token: string) => Authentication;
}

/**
 * Who anybody is: whom a front proxy names, else whose certificate it is, else whose token (admin, static, service account,
 * bootstrap, of a configured issuer, known to the webhook, of an
 * issuer of the workspace's type), else nobody. Tokens that were verified before come first among the slow
 * ones: they are most requests.
 */
export function authenticators(parts: AuthenticationParts): Authenticators {
  const { credentials, audiences, clock, keys, issuers, signIn, anonymous, onLegacyUse } = parts;
  const admins = [credentials.kcpAdmin, credentials.shardAdmin].map(({ hash, user }) => ({ hash, user }));
  const lookup = accountLookup(parts.store);
  const accounts = serviceAccountTokens({ keys, issuers, audiences, lookup, clock, onLegacyUse });
  const bootstrap = bootstrapTokens({ lookup: bootstrapSecrets(parts.store), clock });
  const tokens = bearerTokens(
    forAudiences(audiences, bearerTokenHash(...admins)),
    forAudiences(audiences, staticTokens(parts.tokens)),
    ...(signIn.jwt ? [signIn.jwt.remembered] : []),
    accounts,
    ...(parts.bootstrapTokens ? [forAudiences(audiences, bootstrap)] : []),
    ...(signIn.jwt ? [signIn.jwt.authenticate] : []),
    ...(signIn.tokenWebhook ? [signIn.tokenWebhook] : []),
    ...(parts.workspaceTokens ? [parts.workspaceTokens] : []),
  );
  const users = clientCertificates({ clock, confining: parts.confining });
  const known = withAuthenticatedGroup(
    unionAuthenticators(
      ...(signIn.requestHeader ? [signIn.requestHeader] : []),
      signIn.isClient ? onlyFrom(signIn.isClient, users) : users,
      tokens,
    ),
  );
  const paths = anonymous.conditions.map(({ path }) => path);
  return {
    authenticate: anonymous.enabled ? orAnonymous(known, paths) : known,
    serviceAccount: (token) => accounts({ token, digest: tokenDigest(token), audiences: [] }),
  };
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
    serviceAccount: (key) => {
      const found = bound('serviceaccounts', key);
      return found && { ...found.value, secrets: secretNames(found.object) };
    },
    secret: (key) => {
      const found = bound('secrets', key);
      if (!found) return undefined;
      const data = found.object['data'] as { readonly token?: unknown } | undefined;
      const token = typeof data?.token === 'string' ? Buffer.from(data.token, 'base64') : undefined;
      const { labels } = found.object.metadata;
      return { ...found.value, ...(labels && { labels }), ...(token && { token }) };
    },
  };
}

/** The Secrets that an account lists as its own. */
function secretNames(account: KubeObject): readonly string[] {
  const { secrets } = account;
  if (!isArray(secrets)) return [];
  return secrets.flatMap((item) => (isObject(item) && typeof item['name'] === 'string' ? [item['name']] : []));
}
