import {
  badRequest,
  invalid,
  isArray,
  isObject,
  notSupported,
  own,
  type FieldError,
  type Json,
  type JsonObject,
} from '@kcp/api-machinery';
import { DeleteOptions as DeleteOptionsMessage, messageCodec } from '@kcp/protobuf';
import { decodeBody, decoderWords, type BodyFormat } from '../media/body.ts';
import { decodeProtobufBody } from '../media/protobuf-body.ts';
import { dryRunErrors, invalidOptions, type Query } from '../request/query.ts';

/** How the dependants of a deleted object are treated. */
export type PropagationPolicy = 'Foreground' | 'Background' | 'Orphan';

/** What a delete was asked for (metav1.DeleteOptions), checked. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly policy: PropagationPolicy | undefined;
  /** One of a collection: admission is not told its name beside it. */
  readonly ofCollection?: boolean;
}

/** The options as admission is told. */
export function deleteOptionsObject({ dryRun, uid, resourceVersion, policy }: DeleteOptions): JsonObject {
  const preconditions = {
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
  return {
    kind: 'DeleteOptions',
    apiVersion: 'meta.k8s.io/v1',
    ...(Object.keys(preconditions).length > 0 && { preconditions }),
    ...(policy !== undefined && { propagationPolicy: policy }),
    ...(dryRun && { dryRun: ['All'] }),
  };
}

/** No wishes. */
export const plainDelete: DeleteOptions = {
  dryRun: false,
  uid: undefined,
  resourceVersion: undefined,
  policy: undefined,
};

/** Reads the options: from the body where there is one, else from the query. Throws BadRequest or Invalid. */
export function readDeleteOptions(query: Query, body: Buffer, format: BodyFormat): DeleteOptions {
  return check(body.length > 0 ? fromBody(body, format) : fromQuery(query));
}

const optionsCodec = messageCodec(DeleteOptionsMessage);

interface Raw {
  readonly dryRun: readonly string[];
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly policy: string | undefined;
  readonly orphan: boolean | undefined;
}

function fromQuery(query: Query): Raw {
  query.integer('gracePeriodSeconds');
  return {
    dryRun: query.all('dryRun'),
    uid: undefined,
    resourceVersion: undefined,
    policy: query.has('propagationPolicy') ? query.text('propagationPolicy') : undefined,
    orphan: query.has('orphanDependents') ? query.flag('orphanDependents') : undefined,
  };
}

function fromBody(body: Buffer, format: BodyFormat): Raw {
  const object = readObject(body, format);
  const preconditions = member(object, 'preconditions', 'object') ?? {};
  const dryRun = own(object, 'dryRun') ?? [];
  if (!isArray(dryRun) || !dryRun.every((value) => typeof value === 'string'))
    throw wrongType('dryRun', '[]string', dryRun);
  const grace = own(object, 'gracePeriodSeconds') ?? 0;
  if (!Number.isInteger(grace)) throw wrongType('gracePeriodSeconds', 'int64', grace);
  return {
    dryRun,
    uid: text(preconditions, 'uid'),
    resourceVersion: text(preconditions, 'resourceVersion'),
    policy: text(object, 'propagationPolicy'),
    orphan: member(object, 'orphanDependents', 'boolean'),
  };
}

/** The options as they were sent, with what they are. Throws BadRequest. */
export function decodeDeleteOptions(body: Buffer, format: BodyFormat): JsonObject {
  return { kind: 'DeleteOptions', apiVersion: 'v1', ...readObject(body, format) };
}

function readObject(body: Buffer, format: BodyFormat): JsonObject {
  if (format === 'protobuf') return decodeProtobufBody(body, { kind: 'DeleteOptions', protobuf: optionsCodec });
  let value: Json;
  try {
    ({ value } = decodeBody(body, format));
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${decoderWords(error)}`);
  }
  if (value === null) return {};
  if (!isObject(value))
    throw badRequest("couldn't get version/kind; json parse error: json: cannot unmarshal the value into an object");
  const kind = own(value, 'kind') ?? 'DeleteOptions';
  const version = own(value, 'apiVersion') ?? 'v1';
  if (kind !== 'DeleteOptions')
    throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(version)}`);
  return value;
}

function text(object: JsonObject, name: string): string | undefined {
  const value = own(object, name) ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw wrongType(name, 'string', value);
  return value;
}

function member(object: JsonObject, name: string, type: 'object'): JsonObject | undefined;
function member(object: JsonObject, name: string, type: 'boolean'): boolean | undefined;
function member(object: JsonObject, name: string, type: 'object' | 'boolean'): JsonObject | boolean | undefined {
  const value = own(object, name) ?? undefined;
  if (
    value === undefined ||
    (type === 'boolean' && typeof value === 'boolean') ||
    (type === 'object' && isObject(value))
  )
    return value;
  throw wrongType(name, type === 'boolean' ? 'bool' : 'v1.Preconditions', value);
}

function wrongType(field: string, type: string, value: Json): Error {
  const found = isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  return badRequest(`json: cannot unmarshal ${found} into Go struct field DeleteOptions.${field} of type ${type}`);
}

function check(raw: Raw): DeleteOptions {
  const errors: FieldError[] = [...dryRunErrors(raw.dryRun)];
  const known = raw.policy === 'Foreground' || raw.policy === 'Background' || raw.policy === 'Orphan';
  if (raw.policy !== undefined && raw.orphan !== undefined) {
    errors.push(
      invalid('propagationPolicy', raw.policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  } else if (raw.policy !== undefined && !known) {
    errors.push(notSupported('propagationPolicy', raw.policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors);
  const asked = raw.policy as PropagationPolicy | undefined;
  const policy = asked ?? (raw.orphan === undefined ? undefined : raw.orphan ? 'Orphan' : 'Background');
  return { dryRun: raw.dryRun.length > 0, uid: raw.uid, resourceVersion: raw.resourceVersion, policy };
}
