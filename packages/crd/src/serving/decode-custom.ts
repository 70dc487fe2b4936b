import { type ApiError, badRequest, type FieldError, type JsonObject, type KubeObject, own } from '@kcp/api-machinery';
import type { Decoded } from '@kcp/apiserver';
import { decodeObjectMeta, type DecodeOptions } from '@kcp/structural-schema';
import type { KindVersion } from './kind-version.ts';

/** How much of a body is shown where its kind is missing. */
const SHOWN = 30;

/** Reads what a client sent: type meta must be there and fit, metadata is typed, the rest pruned and defaulted. Throws BadRequest. */
export function decodeCustom(version: KindVersion, raw: JsonObject): Decoded {
  return decode(version, raw, {});
}

/**
 * Reads what an apply made of an object. Nulls that the schema does not allow are not dropped as those of a body are, but
 * refused by validation (k8s.io/apiextensions-apiserver: only decoders prune nulls, and what is applied passes none).
 */
export function decodeApplied(version: KindVersion, merged: JsonObject): KubeObject {
  return decode(version, merged, { keepsNulls: true }).object;
}

function decode(version: KindVersion, raw: JsonObject, options: DecodeOptions): Decoded {
  const kind = checkKind(version, raw);
  checkApiVersion(version, raw);
  const meta = decodeObjectMeta(own(raw, 'metadata'), 'metadata', { strict: true });
  if (meta.errors[0] !== undefined) throw cannotHandle(version, kind, bareText(meta.errors[0]));
  // a body of another kind is refused by validation; until then this schema has no say in it
  if (kind !== version.gvk.kind) return { object: asObject(raw, meta.metadata), unknownFields: meta.unknownFields };
  const { object, unknownFields, errors } = version.schema().decode(raw, options);
  if (errors[0] !== undefined) throw cannotHandle(version, kind, `${errors[0].field}: ${errors[0].message}`);
  return { object: asObject(object, meta.metadata), unknownFields: [...meta.unknownFields, ...unknownFields] };
}

/** Reads what was stored in this version, maybe under an older schema: nothing is refused, what does not fit is dropped. */
export function decodeStored(version: KindVersion, object: KubeObject): KubeObject {
  return version.schema().decode(object, { tolerant: true }).object as KubeObject;
}

/** An object that was converted from another version: pruned, nothing filled in. */
export function pruned(version: KindVersion, object: KubeObject): KubeObject {
  return version.pruner().decode(object, { tolerant: true }).object as KubeObject;
}

/** The same object under another version's name: all that conversion strategy None does, before pruning. */
export function renamed(version: KindVersion, object: KubeObject): KubeObject {
  return { ...object, apiVersion: version.apiVersion };
}

function asObject(object: JsonObject, metadata: KubeObject['metadata']): KubeObject {
  return { ...object, metadata } as KubeObject;
}

function checkKind({ gvk }: KindVersion, raw: JsonObject): string {
  const kind = own(raw, 'kind');
  if (typeof kind === 'string' && kind !== '') return kind;
  const body = JSON.stringify(raw, (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  const shown = body.length > SHOWN ? `${body.slice(0, SHOWN)} ...` : body;
  const unrecognized = `the object provided is unrecognized (must be of type ${gvk.kind})`;
  throw badRequest(`${unrecognized}: Object 'Kind' is missing in '${body}' (${shown})`);
}

function checkApiVersion({ apiVersion: expected }: KindVersion, raw: JsonObject): void {
  const given = own(raw, 'apiVersion') ?? '';
  if (given === expected) return;
  const shown = typeof given === 'string' ? given : '';
  const text = `the API version in the data (${shown}) does not match the expected API version (${expected})`;
  throw badRequest(text);
}

function cannotHandle({ gvk }: KindVersion, kind: string, why: string): ApiError {
  return badRequest(`${kind} in version "${gvk.version}" cannot be handled as a ${gvk.kind}: ${why}`);
}

/** The root's metadata is refused in the decoder's own words, without the value. */
function bareText({ message }: FieldError): string {
  return message.replace(/^Invalid value: .*?: (?=json: |parsing time )/s, '');
}
