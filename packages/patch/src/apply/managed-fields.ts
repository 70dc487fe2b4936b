import { ApiError, badRequest, byCodePoint, goJson, isObject, own, parseTime } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import type { FieldSet } from './field-set.ts';
import { fromFieldsV1, toFieldsV1 } from './fields-v1.ts';

/** Who owns what, in which version, since when: one entry of metadata.managedFields. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** When it last changed what it owns, as it is written; undefined where an entry has no time. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** All owners of an object's fields by `ownerKey`. */
export type FieldOwners = Map<string, FieldOwner>;

/**
 * What tells owners apart: an applier is one whatever version it applies, an updater is one per version (Go package
 * managedfields, BuildManagerIdentifier). Its order is that of conflicts.
 */
export function ownerKey({ manager, operation, apiVersion, subresource }: Omit<FieldOwner, 'fields' | 'time'>): string {
  const parts = [
    manager === '' ? '' : `"manager":${goJson(manager)},`,
    `"operation":"${operation}"`,
    operation === 'Update' ? `,"apiVersion":${goJson(apiVersion)}` : '',
    subresource === '' ? '' : `,"subresource":${goJson(subresource)}`,
  ];
  return `{${parts.join('')}}`;
}

/** What is wrong with metadata.managedFields; undefined where nothing is. */
export function managedFieldsRefusal(entries: readonly Json[]): string | undefined {
  try {
    decodeManagedFields(entries);
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

/** Reads metadata.managedFields. Throws ApiError 400 where an entry is none. */
export function decodeManagedFields(entries: readonly Json[]): FieldOwners {
  const owners: FieldOwners = new Map();
  entries.forEach((entry, at) => {
    const owner = decodeEntry(entry, at);
    owners.set(ownerKey(owner), owner);
  });
  return owners;
}

function decodeEntry(entry: Json, at: number): FieldOwner {
  if (!isObject(entry)) throw badRequest(`managed fields entry ${at} is no object`);
  const operation = text(entry, 'operation');
  if (operation !== 'Apply' && operation !== 'Update') throw badRequest('operation must be `Apply` or `Update`');
  const apiVersion = text(entry, 'apiVersion');
  if (apiVersion === '') throw badRequest('apiVersion must not be empty');
  const fieldsType = text(entry, 'fieldsType');
  if (fieldsType === '') throw badRequest(`missing fieldsType in managed fields entry ${at}`);
  if (fieldsType !== 'FieldsV1')
    throw badRequest(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${at}`);
  const fields = fromFieldsV1(own(entry, 'fieldsV1') ?? {});
  const names = { manager: text(entry, 'manager'), subresource: text(entry, 'subresource') };
  return { ...names, operation, apiVersion, time: text(entry, 'time') || undefined, fields };
}

function text(entry: JsonObject, name: string): string {
  const value = own(entry, name);
  return typeof value === 'string' ? value : '';
}

/** metadata.managedFields of owners: appliers first, then by time, then by name; undefined where there are none. */
export function encodeManagedFields(owners: FieldOwners): readonly JsonObject[] | undefined {
  if (owners.size === 0) return undefined;
  return [...owners.values()].toSorted(compareOwners).map(encodeEntry);
}

function encodeEntry({ manager, operation, apiVersion, subresource, time, fields }: FieldOwner): JsonObject {
  return {
    ...(manager !== '' && { manager }),
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(fields),
    ...(subresource !== '' && { subresource }),
  };
}

function compareOwners(a: FieldOwner, b: FieldOwner): number {
  return (
    byCodePoint(a.operation, b.operation) ||
    (a.time === b.time ? 0 : secondsOf(a) - secondsOf(b)) ||
    byCodePoint(a.manager, b.manager) ||
    byCodePoint(a.apiVersion, b.apiVersion) ||
    byCodePoint(a.subresource, b.subresource)
  );
}

/** When an owner last changed something, in seconds since 1970; 0 where nobody knows. */
export function secondsOf({ time }: Pick<FieldOwner, 'time'>): number {
  if (time === undefined) return 0;
  try {
    return parseTime(time).seconds;
  } catch {
    return 0;
  }
}
