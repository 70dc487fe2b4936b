import { hash } from 'node:crypto';
import { canonicalJson, objectAt } from '@kcp/api-machinery';
import {
  CLUSTER_NAME_EXTRA,
  SCOPES_EXTRA,
  type Authentication,
  type Bearer,
  type JwtAuthenticatorPlan,
  type JwtTokens,
  type TokenAuthenticator,
} from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import type { Logger } from '@kcp/telemetry';
import { LRUCache } from 'lru-cache';
import type { ClusterLookup } from '../cluster/cluster-lookup.ts';
import { configurationsOf } from './configurations.ts';
import { plansOf } from './plans.ts';

/** What tokens of workspaces' own issuers are known by. */
export interface WorkspaceTokensOptions {
  readonly store: Pick<ObjectReader, 'get'>;
  readonly clusters: ClusterLookup;
  /** Believes issuers that a tenant chose, on its account of outgoing calls; nothing is called yet. */
  readonly believe: (plans: readonly JwtAuthenticatorPlan[], tenant: string) => JwtTokens;
  /** Those of the server itself: nobody else is believed about its service accounts. */
  readonly disallowedIssuers: readonly string[];
  readonly logger: Logger;
}

/** How many bytes of verified tokens one configuration may keep. */
export const TOKEN_BYTES = 64 * 1024;
/** As long, in characters, the documents of an issuer may be. */
export const LONGEST_DOCUMENT = 64 * 1024;
/** All configurations together; one that is used again after it went is compiled and its keys are fetched once more. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Of so many configurations the hash of their content is remembered. */
const MOST_HASHES = 10_000;

const NOBODY: Authentication = { kind: 'none' };

/**
 * Knows the tokens of issuers that the type of a workspace refers to (kcp's per-workspace authentication). They count in workspaces
 * of that type only: the users that they stand for are confined to the logical cluster of the request. Read from the store at each
 * request, made when first needed, kept by the hash of their content: a change counts at once, equal configurations are one.
 */
export function workspaceTokens(options: WorkspaceTokensOptions): TokenAuthenticator {
  const kept = new KeptTokens(options);
  const confined = confiner();
  return (bearer) => {
    const { cluster, token } = bearer;
    if (typeof cluster !== 'string' || !token.startsWith('ey')) return NOBODY;
    const type = options.clusters(cluster)?.type ?? '';
    if (type === '') return NOBODY;
    const issuers = configurationsOf(options.store, type).flatMap((stored) => kept.of(stored) ?? []);
    if (issuers.length === 0) return NOBODY;
    const answer = ask(issuers, bearer);
    return answer instanceof Promise ? answer.then((late) => confined(late, cluster)) : confined(answer, cluster);
  };
}

/** Tokens by configuration. */
class KeptTokens {
  readonly #options: WorkspaceTokensOptions;
  readonly #hashes = new LRUCache<string, { readonly revision: number; readonly content: string }>({
    max: MOST_HASHES,
  });
  readonly #tokens = new LRUCache<string, JwtTokens>({
    maxSize: MOST_BYTES,
    dispose: (tokens) => tokens[Symbol.dispose](),
  });

  constructor(options: WorkspaceTokensOptions) {
    this.#options = options;
  }

  of(stored: StoredObject): JwtTokens | undefined {
    const content = this.#contentOf(stored);
    let tokens = this.#tokens.get(content);
    if (tokens === undefined) {
      tokens = this.#make(stored);
      this.#tokens.set(content, tokens, { size: TOKEN_BYTES + LONGEST_DOCUMENT + stored.jsonSize });
    }
    return tokens;
  }

  #contentOf(stored: StoredObject): string {
    const { key, revision } = stored;
    const at = `${key.cluster}/${key.name}`;
    const known = this.#hashes.get(at);
    if (known?.revision === revision) return known.content;
    const content = hash('sha256', canonicalJson(objectAt(stored.decode(), 'spec')), 'base64');
    this.#hashes.set(at, { revision, content });
    return content;
  }

  #make(stored: StoredObject): JwtTokens {
    const { believe, disallowedIssuers, logger } = this.#options;
    const { cluster, name } = stored.key;
    const { plans, problems } = plansOf(stored.decode(), disallowedIssuers);
    if (problems.length > 0)
      logger.info('an authentication configuration is wrong in part', { cluster, name, problems });
    return believe(plans, `authentication ${cluster}`);
  }
}

/** Who was known before is known without waiting; else each issuer in turn, until one knows whose the token is. */
function ask(issuers: readonly JwtTokens[], bearer: Bearer): Authentication | Promise<Authentication> {
  for (const issuer of issuers) {
    const answer = issuer.remembered(bearer);
    if (!(answer instanceof Promise) && answer.kind === 'authenticated') return answer;
  }
  return askInTurn(issuers, bearer);
}

async function askInTurn(issuers: readonly JwtTokens[], bearer: Bearer): Promise<Authentication> {
  let refused: Authentication = NOBODY;
  for (const issuer of issuers) {
    const answer = await issuer.authenticate(bearer);
    if (answer.kind === 'authenticated') return answer;
    if (answer.kind === 'refused') refused = answer;
  }
  return refused;
}

/** Confines users to a logical cluster (kcp's withClusterScope); the same answer for the same one gives the same user again. */
function confiner(): (answer: Authentication, cluster: LogicalCluster) => Authentication {
  const known = new WeakMap<Authentication, { readonly cluster: LogicalCluster; readonly confined: Authentication }>();
  return (answer, cluster) => {
    if (answer.kind !== 'authenticated') return answer;
    const before = known.get(answer);
    if (before?.cluster === cluster) return before.confined;
    const home = { [SCOPES_EXTRA]: [`cluster:${cluster}`], [CLUSTER_NAME_EXTRA]: [cluster] };
    const { user } = answer;
    const confined: Authentication = { ...answer, user: { ...user, extra: { ...user.extra, ...home } } };
    known.set(answer, { cluster, confined });
    return confined;
  };
}
