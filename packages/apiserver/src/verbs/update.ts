import type { Response } from '@kcp/http';
import { methodNotAllowed } from '../present/respond.ts';
import type { UpdateStrategy } from '../served-resource.ts';
import { decodeValidated } from '../write/field-validation.ts';
import { update } from '../write/update.ts';
import { Pace } from './breathe.ts';
import { respondWritten } from './create.ts';
import { mayCreate, type CreatingDeps } from './may-create.ts';
import type { ResourceTarget } from './target.ts';
import { readObjectBody, writeRequest } from './write-context.ts';

/** PUT of an object, or of the part of it that a sub-resource stands for. */
export async function put(deps: CreatingDeps, target: ResourceTarget): Promise<Response> {
  const { resource, exchange } = target;
  const request = writeRequest(target, 'UpdateOptions');
  const body = await readObjectBody(exchange, { kind: resource.kind, protobuf: resource.protobuf });
  const pace = new Pace();
  const { object } = decodeValidated(request, body);
  exchange.audit?.requested(object);
  if (pace.isOver) await pace.breathe();
  const whole = target.info.subresource === '';
  const written = await update(deps, {
    ...request,
    strategy: partStrategy(target),
    change: () => object,
    replaces: true,
    ...(whole && resource.strategy.createOnUpdate && { mayCreate: mayCreate(deps, target) }),
    unconditional: resource.strategy.unconditionalUpdate,
  });
  return respondWritten(target, written);
}

/** The rules of what is being changed: the whole object's, or its part's. */
export function partStrategy({ resource, info }: ResourceTarget): UpdateStrategy {
  if (info.subresource === '') return resource.strategy;
  const part = resource.subresources[info.subresource];
  if (part?.kind !== 'part') throw methodNotAllowed();
  return part.strategy;
}
