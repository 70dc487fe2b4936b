import {
  ApiError,
  isObject,
  own,
  put,
  type Json,
  type JsonObject,
  type KubeObject,
  type MutableJsonObject,
} from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { updateManagedFields } from '@kcp/patch';
import { messageCodec, Scale } from '@kcp/protobuf';
import { BODY_LIMIT } from '../media/body.ts';
import { served } from '../present/render.ts';
import { respondValue } from '../present/respond.ts';
import type { Subresource } from '../served-resource.ts';
import type { AdmissionView } from '../write/admission-view.ts';
import { update } from '../write/update.ts';
import type { WriteDeps, WriteRequest } from '../write/write-request.ts';
import { mergeConfiguration, readConfiguration } from './apply.ts';
import { find } from './get.ts';
import { patchType } from './patch.ts';
import { readPatch } from './patch-body.ts';
import { scaleType, withReplicasOwners, withScaleOwners } from './scale-fields.ts';
import type { ResourceTarget } from './target.ts';
import { readObjectBody, writeRequest } from './write-context.ts';

/** Where a resource keeps what a Scale shows. */
type ScalePaths = Extract<Subresource, { kind: 'scale' }>;

const LIMIT = 2 ** 31 - 1;

const scaleCodec = messageCodec(Scale);

/** GET of a scale: autoscaling/v1 over paths of the object. */
export async function getScale(deps: WriteDeps, target: ResourceTarget, paths: ScalePaths): Promise<Response> {
  return respondScale(target, toScale(await served(target.resource, find(deps.store, target)), paths));
}

/** A Scale as a write makes it of the one that is there, and who owns its replicas then. */
type ScaleChange = (scale: JsonObject) => Promise<{ scale: Json; owners: readonly JsonObject[] | undefined }>;

/** PUT and PATCH of a scale: only the replicas of the object change. */
export async function writeScale(deps: WriteDeps, target: ResourceTarget, paths: ScalePaths): Promise<Response> {
  const { resource } = target;
  const patching = target.info.verb === 'patch';
  const write = writeRequest(target, patching ? 'PatchOptions' : 'UpdateOptions');
  const { manager: _, ...request } = write;
  const change = patching ? await patchedScale(target, write) : await putScale(target, write);
  const written = await update(deps, {
    ...request,
    strategy: resource.strategy,
    change: async (old) => {
      const { scale, owners } = await change(withScaleOwners(toScale(old, paths), old, paths));
      return withReplicasOwners(fromScale(old, scale, paths), owners, { resource, paths });
    },
    view: scaleView(paths),
    replaces: !patching,
    unconditional: true,
  });
  const object = written.kind === 'stored' ? await served(resource, written.stored) : written.object;
  return respondScale(target, toScale(object, paths));
}

/** Admission is shown the Scale, and may change its replicas. */
function scaleView(paths: ScalePaths): AdmissionView {
  return {
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    show: (object) => toScale(object, paths) as KubeObject,
    take: (object, shown) => {
      const { spec } = shown;
      return set(object, paths.specReplicasPath.split('.'), wantedReplicas(spec)) as unknown as KubeObject;
    },
    decode: (raw) => raw as KubeObject,
  };
}

type ScaleWrite = WriteRequest & { readonly manager: string };

async function putScale(target: ResourceTarget, write: ScaleWrite): Promise<ScaleChange> {
  const { object } = await readObjectBody(target.exchange, { kind: 'Scale', protobuf: scaleCodec });
  target.exchange.audit?.requested(object);
  return (live) => tracked(live, object, write);
}

async function patchedScale(target: ResourceTarget, write: ScaleWrite): Promise<ScaleChange> {
  const type = patchType(target);
  if (type === 'apply') {
    const configuration = await readConfiguration(target, write);
    return async (live) => {
      const { object, managedFields } = await mergeConfiguration(scaleType, live, configuration);
      return { scale: object, owners: managedFields };
    };
  }
  const bytes = await target.exchange.request.body(BODY_LIMIT);
  target.exchange.audit?.patched(bytes);
  const body = readPatch(bytes, type, undefined);
  return (live) => tracked(live, body.apply(live), write);
}

async function tracked(live: JsonObject, next: Json, { manager, context }: ScaleWrite): ReturnType<ScaleChange> {
  if (!isObject(next)) throw new ApiError('BadRequest', 'a Scale is an object');
  return { scale: next, owners: await updateManagedFields(scaleType, { live, next, manager, now: context.now }) };
}

function respondScale({ exchange, representation }: ResourceTarget, scale: JsonObject): Response {
  return respondValue(exchange, {
    status: 200,
    value: scale,
    format: representation.format,
    pretty: representation.pretty,
  });
}

function at(object: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path.split('.')) {
    if (!isObject(value)) return undefined;
    value = own(value, name);
  }
  return value;
}

function replicas(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function toScale(object: KubeObject, paths: ScalePaths): JsonObject {
  const json = object;
  const wanted = replicas(at(json, paths.specReplicasPath));
  if (wanted === undefined) {
    const why = `the spec replicas field ".${paths.specReplicasPath}" does not exist`;
    throw new ApiError('InternalError', `Internal error occurred: ${why}`, { details: { causes: [{ message: why }] } });
  }
  const selector = paths.labelSelectorPath === undefined ? undefined : at(json, paths.labelSelectorPath);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: wanted === 0 ? {} : { replicas: wanted },
    status: {
      replicas: replicas(at(json, paths.statusReplicasPath)) ?? 0,
      ...(typeof selector === 'string' && selector !== '' && { selector }),
    },
  };
}

function fromScale(old: KubeObject, scale: Json, paths: ScalePaths): KubeObject {
  if (!isObject(scale)) throw new ApiError('BadRequest', 'a Scale is an object');
  const wanted = wantedReplicas(own(scale, 'spec'));
  const metadata = own(scale, 'metadata');
  const sent = isObject(metadata) ? metadata : {};
  const next = set(old, paths.specReplicasPath.split('.'), wanted) as unknown as KubeObject;
  const text = (name: string): string => {
    const value = own(sent, name);
    return typeof value === 'string' ? value : '';
  };
  const { resourceVersion: _, ...kept } = next.metadata;
  const version = text('resourceVersion');
  return {
    ...next,
    metadata: {
      ...kept,
      name: text('name'),
      uid: text('uid') || (kept.uid ?? ''),
      ...(version !== '' && { resourceVersion: version }),
    },
  };
}

/** The replicas of a Scale's spec. Throws BadRequest where they are no 32-bit integer. */
function wantedReplicas(spec: Json | undefined): number {
  const wanted = spec !== undefined && isObject(spec) ? (own(spec, 'replicas') ?? 0) : 0;
  if (typeof wanted !== 'number' || !Number.isInteger(wanted) || Math.abs(wanted) > LIMIT) {
    const found = typeof wanted === 'number' ? `number ${wanted}` : typeof wanted;
    throw new ApiError(
      'BadRequest',
      `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${found} into Go struct field ScaleSpec.spec.replicas of type int32`,
    );
  }
  return wanted;
}

function set(object: JsonObject, [name = '', ...rest]: readonly string[], value: Json): JsonObject {
  const copy: MutableJsonObject = { ...object };
  const inner = own(object, name);
  put(copy, name, rest.length === 0 ? value : set(isObject(inner) ? inner : {}, rest, value));
  return copy;
}
