import {
  ApiError,
  byCodePoint,
  formatApiVersion,
  forbidden,
  invalid,
  invalidObject,
  isObject,
  stringifyJson,
  type Json,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { BODY_LIMIT } from '../media/body.ts';
import { invalidOptions } from '../request/query.ts';
import type { Decoded, ServedResource } from '../served-resource.ts';
import { problems } from '../write/field-validation.ts';
import type { Change } from '../write/update-request.ts';
import { update } from '../write/update.ts';
import type { WriteRequest } from '../write/write-request.ts';
import { apply } from './apply.ts';
import { respondWritten } from './create.ts';
import type { CreatingDeps } from './may-create.ts';
import { readPatch, type Patch, type PatchType } from './patch-body.ts';
import type { ResourceTarget } from './target.ts';
import { partStrategy } from './update.ts';
import { writeRequest } from './write-context.ts';

const PATCH_TYPES: Readonly<Record<string, PatchType | 'apply'>> = {
  'application/apply-patch+yaml': 'apply',
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

const CUSTOM_TYPES =
  'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, application/apply-patch+yaml';

/** PATCH of an object, or of the part of it that a sub-resource stands for. */
export async function patch(deps: CreatingDeps, target: ResourceTarget): Promise<Response> {
  const type = patchType(target);
  if (type === 'apply') return apply(deps, target);
  const request = writeRequest(target, 'PatchOptions');
  if (target.exchange.query.has('force'))
    throw invalidOptions('PatchOptions', [forbidden('force', 'may not be specified for non-apply patch')]);
  const bytes = await target.exchange.request.body(BODY_LIMIT);
  target.exchange.audit?.patched(bytes);
  let read: Patch | undefined;
  // a patch of what is not there is not looked at
  const change: Change = (old) => {
    read ??= readPatch(bytes, type, target.resource.mergeSchema);
    return decodePatched(request, read.apply(old), read);
  };
  const written = await update(deps, {
    ...request,
    strategy: partStrategy(target),
    change,
    replaces: false,
    unconditional: true,
  });
  return respondWritten(target, written);
}

/** Which kind of patch a Content-Type names. Throws UnsupportedMediaType. */
export function patchType({ exchange, resource }: Pick<ResourceTarget, 'exchange' | 'resource'>): PatchType | 'apply' {
  const mediaType = exchange.request.header('content-type')?.split(';')[0]?.trim() ?? '';
  const type = Object.hasOwn(PATCH_TYPES, mediaType) ? PATCH_TYPES[mediaType] : undefined;
  if (type !== undefined && (type !== 'strategic' || resource.mergeSchema !== undefined)) return type;
  if (resource.origin === 'builtin')
    throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', { details: {} });
  throw new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${CUSTOM_TYPES}`,
  );
}

/** Reads what a patch made of an object, in the version of the request. */
function decodePatched(request: WriteRequest, patched: Json, { problems: found, type }: Patch): KubeObject {
  const { resource, options, context } = request;
  if (!isObject(patched)) throw new ApiError('BadRequest', 'the patched object is no object');
  const decoded = decodeKnownKind(resource, patched, type);
  const texts = [
    ...(options.fieldValidation === 'Ignore' ? [] : found),
    ...problems(inKeyOrder(decoded, type, resource), [], { ...options, origin: resource.origin }),
  ];
  if (texts.length > 0 && options.fieldValidation === 'Strict') {
    const why = invalid('patch', stringifyJson(patched), `strict decoding error: ${texts.join(', ')}`);
    throw invalidObject({ group: '', kind: '' }, '', [why]);
  }
  for (const text of texts) context.warn(text);
  return resource.origin === 'custom' ? withTypeOf(decoded.object, patched) : withKnownType(decoded.object, resource);
}

/** Decodes as the resource's own kind where another one is told later, or is not looked at. A value of a wrong type is a fault of the patch. */
function decodeKnownKind(resource: ServedResource, patched: JsonObject, type: PatchType): Decoded {
  const own = { kind: resource.kind, apiVersion: formatApiVersion(resource.gvr) };
  try {
    return resource.decode(resource.origin === 'custom' || type === 'strategic' ? { ...patched, ...own } : patched);
  } catch (error) {
    if (!(error instanceof ApiError) || !(error.cause instanceof Error)) throw error;
    const why = invalid('patch', stringifyJson(patched), error.cause.message);
    throw invalidObject({ group: '', kind: '' }, '', [why]);
  }
}

/** What JSON and merge patches make of a built-in object has its keys sorted, and unknown fields are told in that order. */
function inKeyOrder(decoded: Decoded, type: PatchType, { origin }: ServedResource): Decoded {
  if (origin !== 'builtin' || type === 'strategic' || decoded.unknownFields.length < 2) return decoded;
  return { ...decoded, unknownFields: decoded.unknownFields.toSorted(byCodePoint) };
}

/** A custom object keeps the kind that the patch gave it: its own validation refuses another one. */
function withTypeOf(object: KubeObject, { kind, apiVersion }: JsonObject): KubeObject {
  return {
    ...object,
    kind: typeof kind === 'string' ? kind : '',
    apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
  };
}

function withKnownType(object: KubeObject, resource: ServedResource): KubeObject {
  return object.kind === resource.kind
    ? object
    : { ...object, kind: resource.kind, apiVersion: formatApiVersion(resource.gvr) };
}
