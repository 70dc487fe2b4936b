import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  ApiError,
  badRequest,
  conflict,
  invalid,
  invalidObject,
  notFound,
  numberAt,
  objectAt,
  optionalObjectAt,
  textAt,
  textsAt,
} from '@kcp/api-machinery';
import { decodeObject, protobufCodec, TokenRequest } from '@kcp/apis';
import type { Decoded, Subresource, WriteContext } from '@kcp/apiserver';
import type { BoundTokenRequest, ServiceAccountIssuer } from '@kcp/auth';
import type { Bucket, ObjectReader } from '@kcp/object-store';
import { tableOwnership } from '../table-ownership.ts';

const GVK = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
const AN_HOUR = 60 * 60;
const SHORTEST = 10 * 60;
const LONGEST = 2 ** 32;
const secretBucket: Bucket = { group: '', resource: 'secrets' };

/** What TokenRequests need. */
export interface TokenRequestDeps {
  readonly store: ObjectReader;
  readonly issuer: ServiceAccountIssuer;
  /** For whom tokens are that name nobody. */
  readonly audiences: readonly string[];
  /** Whoever asks for longer gets so many seconds, and a warning; absent: no bound but the API's. */
  readonly maxExpirationSeconds?: number;
}

function validate(spec: JsonObject): FieldError[] {
  const path = 'spec.expirationSeconds';
  const seconds = numberAt(spec, 'expirationSeconds') ?? AN_HOUR;
  if (seconds < SHORTEST) return [invalid(path, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > LONGEST) return [invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

/** The Secret that a token is to be bound to, if it may be. */
function boundSecret(
  deps: TokenRequestDeps,
  ref: JsonObject | undefined,
  context: WriteContext,
): BoundTokenRequest['secret'] {
  if (ref === undefined) return undefined;
  const [apiVersion, kind, name] = [textAt(ref, 'apiVersion'), textAt(ref, 'kind'), textAt(ref, 'name')];
  if (apiVersion !== 'v1' || kind !== 'Secret') {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  const stored = deps.store.get(secretBucket, { cluster: context.cluster, namespace: context.namespace, name });
  if (stored === undefined) throw notFound(secretBucket, name);
  const uid = stored.decode().metadata.uid ?? '';
  const wanted = textAt(ref, 'uid');
  if (wanted !== '' && wanted !== uid) {
    const why = `the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: '', resource: 'Secret' }, name, why);
  }
  return { name, uid };
}

function checkName(object: KubeObject, parent: KubeObject, context: WriteContext): void {
  const { name = '', namespace = '' } = object.metadata;
  if (namespace !== '' && namespace !== context.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const expected = parent.metadata.name ?? '';
  if (name === '' || name === expected) return;
  const error = invalid('metadata.name', name, 'must match the service account name if specified');
  throw invalidObject(GVK, expected, [error]);
}

function answerToken(
  deps: TokenRequestDeps,
  parent: KubeObject,
  object: KubeObject,
  context: WriteContext,
): KubeObject {
  checkName(object, parent, context);
  const spec = objectAt(object, 'spec');
  const errors = validate(spec);
  if (errors.length > 0) throw invalidObject(GVK, object.metadata.name ?? '', errors);
  const secret = boundSecret(deps, optionalObjectAt(spec, 'boundObjectRef'), context);
  const given = textsAt(spec, 'audiences');
  const audiences = given.length > 0 ? given : deps.audiences;
  const wanted = Number(numberAt(spec, 'expirationSeconds') ?? AN_HOUR);
  const expirationSeconds = Math.min(wanted, deps.maxExpirationSeconds ?? wanted);
  if (expirationSeconds < wanted)
    context.warn(`requested expiration of ${wanted} seconds shortened to ${expirationSeconds} seconds`);
  const { name = '', namespace = '', uid = '' } = parent.metadata;
  if (uid === '') throw new ApiError('InternalError', 'Internal error occurred: the account has no uid');
  const issued = deps.issuer.bound({
    cluster: context.cluster,
    namespace,
    account: { name, uid },
    audiences,
    expirationSeconds,
    ...(secret && { secret }),
  });
  return {
    ...object,
    metadata: { name, namespace, uid, creationTimestamp: context.now, ...object.metadata },
    spec: { ...spec, audiences, expirationSeconds },
    status: {
      token: issued.token,
      expirationTimestamp: `${new Date(issued.expires).toISOString().slice(0, 19)}Z`,
    },
  };
}

/** A token that names no lifetime gets an hour. */
function withLifetime(decoded: Decoded): Decoded {
  const spec = objectAt(decoded.object, 'spec');
  if (numberAt(spec, 'expirationSeconds') !== undefined) return decoded;
  return { ...decoded, object: { ...decoded.object, spec: { ...spec, expirationSeconds: AN_HOUR } } };
}

/** serviceaccounts/token: gives a token of an account (authentication.k8s.io/v1 TokenRequest). */
export function tokenRequests(deps: TokenRequestDeps): Subresource {
  const protobuf = protobufCodec(TokenRequest);
  return {
    kind: 'create',
    produces: GVK,
    ...(protobuf && { protobuf }),
    decode: (raw) => withLifetime(decodeObject(TokenRequest, GVK, raw)),
    ownership: tableOwnership({ ...GVK, type: TokenRequest }, {}),
    answer: async (parent, object, context) => answerToken(deps, parent, object, context),
  };
}
