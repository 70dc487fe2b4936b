import {
  ApiError,
  badRequest,
  conflict,
  isObject,
  required,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { applyConfiguration, conflictError, type Applied, type ManagedType } from '@kcp/patch';
import { BODY_LIMIT, decodeBody, decoderWords, type DecodedBody } from '../media/body.ts';
import { invalidOptions } from '../request/query.ts';
import type { ServedResource } from '../served-resource.ts';
import { managedType, ownedWrite } from '../write/managed-type.ts';
import { withManagedFields } from '../write/track-fields.ts';
import { update } from '../write/update.ts';
import type { WriteRequest } from '../write/write-request.ts';
import { respondWritten } from './create.ts';
import { mayCreate, type CreatingDeps } from './may-create.ts';
import type { ResourceTarget } from './target.ts';
import { Pace } from './breathe.ts';
import { partStrategy } from './update.ts';
import { writeRequest } from './write-context.ts';

/** A configuration that somebody asks to apply. */
export interface Configuration {
  readonly value: JsonObject;
  /** Texts about keys that occur twice. */
  readonly duplicates: readonly string[];
  readonly force: boolean;
  readonly request: WriteRequest;
}

/** PATCH with a configuration to apply (server-side apply, KEP-555): creates what is not there. */
export async function apply(deps: CreatingDeps, target: ResourceTarget): Promise<Response> {
  const { manager: _, ...request } = writeRequest(target, 'PatchOptions');
  const configuration = await readConfiguration(target, request);
  const type = managedType(ownedWrite(request));
  if (type === undefined) throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', { details: {} });
  const written = await update(deps, {
    ...request,
    strategy: partStrategy(target),
    change: (old) => applyTo(old, type, configuration),
    replaces: false,
    ...(target.info.subresource === '' && { mayCreate: mayCreate(deps, target) }),
    unconditional: true,
  });
  return respondWritten(target, written);
}

/** Reads what is to be applied. Throws Invalid where nobody is named who applies it, BadRequest where it is no object. */
export async function readConfiguration({ exchange }: ResourceTarget, request: WriteRequest): Promise<Configuration> {
  if (request.options.fieldManager === '')
    throw invalidOptions('PatchOptions', [required('fieldManager', 'is required for apply patch')]);
  const { value, duplicates } = decode(await exchange.request.body(BODY_LIMIT));
  if (value !== null && !isObject(value)) throw badRequest('error decoding YAML: the configuration is no object');
  if (value !== null) exchange.audit?.requested(value);
  return { value: value ?? {}, duplicates, force: exchange.query.flag('force'), request };
}

function decode(bytes: Buffer): DecodedBody {
  try {
    return decodeBody(bytes, 'yaml');
  } catch (error) {
    throw badRequest(`error decoding YAML: ${decoderWords(error)}`);
  }
}

/** What becomes of a live object to which a configuration is applied. Throws Conflict. */
export async function mergeConfiguration(
  type: ManagedType,
  live: JsonObject,
  { value, duplicates, force, request: { options, context } }: Configuration,
): Promise<Extract<Applied, { kind: 'applied' }>> {
  const manager = options.fieldManager;
  const pace = new Pace();
  const breathe = (): Promise<void> | undefined => (pace.isOver ? pace.breathe() : undefined);
  const outcome = await applyConfiguration(type, { live, applied: value, manager, force, now: context.now, breathe });
  if (outcome.kind === 'conflicts') throw conflictError(outcome.conflicts);
  sayDuplicates(duplicates, { options, context });
  return outcome;
}

async function applyTo(old: KubeObject, type: ManagedType, configuration: Configuration): Promise<KubeObject> {
  const { resource, context } = configuration.request;
  const exists = (old.metadata.uid ?? '') !== '';
  const merged = await mergeConfiguration(type, exists ? old : type.empty, configuration);
  const object = resource.decodeApplied?.(merged.object) ?? resource.decode(merged.object).object;
  if (!exists) refuseUid(object, resource, context.name);
  return withManagedFields(object, merged.managedFields);
}

/** Keys that occur twice in the configuration: refused, told or passed over, as the field validation says. */
function sayDuplicates(
  duplicates: readonly string[],
  { options, context }: Pick<WriteRequest, 'options' | 'context'>,
): void {
  if (duplicates.length === 0 || options.fieldValidation === 'Ignore') return;
  const keys = duplicates.map((text) => `${text.replace(/^duplicate key/, 'key')} already set in map`);
  const text = `error converting YAML to JSON: yaml: unmarshal errors:\n  ${keys.join('\n  ')}`;
  if (options.fieldValidation === 'Strict') throw badRequest(`error strict decoding patch: ${text}`);
  context.warn(text);
}

/** Who names a uid means an object that is there. */
function refuseUid({ metadata: { uid = '' } }: KubeObject, { gvr }: ServedResource, name: string): void {
  if (uid === '') return;
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  throw conflict(gvr, name, why);
}
