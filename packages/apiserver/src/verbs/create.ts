import { forbiddenResource, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { respondObject, respondStored } from '../present/render.ts';
import type { Subresource } from '../served-resource.ts';
import { admit, mutate } from '../write/admission-chain.ts';
import { create } from '../write/create.ts';
import { decodeValidated } from '../write/field-validation.ts';
import { trackFields, trackOwned } from '../write/track-fields.ts';
import type { WriteDeps, WriteRequest, Written } from '../write/write-request.ts';
import { Pace } from './breathe.ts';
import { find } from './get.ts';
import type { ResourceTarget } from './target.ts';
import { readObjectBody, writeRequest } from './write-context.ts';

/** POST: creates an object, or answers a question (reviews). */
export async function post(deps: WriteDeps, target: ResourceTarget): Promise<Response> {
  const { resource, exchange } = target;
  const request = writeRequest(target, 'CreateOptions');
  const body = await readObjectBody(exchange, { kind: resource.kind, protobuf: resource.protobuf });
  const pace = new Pace();
  const { object } = decodeValidated(request, body);
  exchange.audit?.requested(object);
  if (pace.isOver) await pace.breathe();
  if (resource.terminating === true) {
    throw forbiddenResource(
      resource.gvr,
      object.metadata.name ?? '',
      'create not allowed while custom resource definition is terminating',
    );
  }
  if (resource.answer) {
    const answered = await resource.answer(await trackFields(object, request), request.context);
    return respondObject({ exchange, resource, representation: target.representation, status: 201 }, answered);
  }
  return respondWritten(target, await create(deps, request, object));
}

type CreateSubresource = Extract<Subresource, { kind: 'create' }>;

/** POST to a sub-resource that answers: a service account's token. */
export async function postSubresource(
  deps: WriteDeps,
  target: ResourceTarget,
  subresource: CreateSubresource,
): Promise<Response> {
  const { exchange, resource, representation } = target;
  const parent = find(deps.store, target).decode();
  const { protobuf } = subresource;
  const { object: raw } = await readObjectBody(exchange, { kind: subresource.produces.kind, protobuf });
  const { object } = subresource.decode(raw);
  exchange.audit?.requested(object);
  const request = writeRequest(target, 'CreateOptions');
  const { produces, ownership } = subresource;
  const tracked = await trackOwned(
    { gvk: produces, ownership, origin: resource.origin, subresource: target.info.subresource },
    { object, manager: request.manager, now: request.context.now },
  );
  const asked = await admitted(deps, request, { subresource, object: tracked });
  const answered = await subresource.answer(parent, asked, request.context);
  return respondObject({ exchange, resource, representation, status: 201, protobuf }, answered);
}

/** What is asked of a sub-resource goes through admission like what is stored. */
async function admitted(
  deps: WriteDeps,
  request: WriteRequest,
  { subresource, object }: { readonly subresource: CreateSubresource; readonly object: KubeObject },
): Promise<KubeObject> {
  const { produces: kind } = subresource;
  const decode = (raw: JsonObject): KubeObject => subresource.decode(raw).object;
  const facts = { operation: 'CREATE' as const, object, kind, decode };
  const asked = await mutate(deps, request, facts);
  await admit(deps, request, { ...facts, object: asked });
  return asked;
}

/** Answers with what a write came to: 201 for what is new, else 200. */
export async function respondWritten(target: ResourceTarget, written: Written): Promise<Response> {
  const { exchange, resource, representation } = target;
  const answer = { exchange, resource, representation, status: written.created ? 201 : 200 };
  return written.kind === 'stored' ? respondStored(answer, written.stored) : respondObject(answer, written.object);
}

/** A Status that says that all is well, as a delete answers. */
export function success(details: JsonObject): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
