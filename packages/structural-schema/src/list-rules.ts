import type { FieldError } from '@kcp/api-machinery';
import { childPath, forbidden, invalid, itemPath, notSupported, required } from '@kcp/api-machinery';
import type { StructuralSchema } from './structural-schema.ts';

const LIST_TYPE = 'x-kubernetes-list-type';
const MAP_KEYS = 'x-kubernetes-list-map-keys';

/** What `x-kubernetes-list-type` and `x-kubernetes-list-map-keys` ask of a list and its items. */
export function validateListKeywords(schema: StructuralSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  checkListType(schema, path, errors);
  if (schema.listMapKeys.length > 0 && schema.listType !== 'map') {
    const detail = `must be map if ${MAP_KEYS} is non-empty`;
    const at = childPath(path, LIST_TYPE);
    errors.push(schema.listType === undefined ? required(at, detail) : invalid(at, schema.listType, detail));
  }
  if (schema.listType === 'map') checkMapList(schema, path, errors);
  checkNullability(schema, path, errors);
  return errors;
}

function checkListType(schema: StructuralSchema, path: string, errors: FieldError[]): void {
  const { listType, type, items } = schema;
  if (listType === undefined) return;
  if (type !== 'array') {
    const detail = `must be array if ${LIST_TYPE} is specified`;
    const at = childPath(path, 'type');
    errors.push(type === '' ? required(at, detail) : invalid(at, type, detail));
  } else if (listType === 'set' && items !== undefined) checkSetItems(items, childPath(path, 'items'), errors);
  if (listType !== 'atomic' && listType !== 'set' && listType !== 'map') {
    errors.push(notSupported(childPath(path, LIST_TYPE), listType, ['atomic', 'set', 'map']));
  }
}

function checkSetItems(items: StructuralSchema, path: string, errors: FieldError[]): void {
  const detail = `must be atomic as item of a list with ${LIST_TYPE}=set`;
  const shown = items.listType ?? null;
  if (items.type === 'array' && items.listType !== undefined && items.listType !== 'atomic') {
    errors.push(invalid(childPath(path, LIST_TYPE), shown, detail));
  }
  if (items.type === 'object' && items.mapType !== 'atomic') {
    errors.push(invalid(childPath(path, 'x-kubernetes-map-type'), shown, detail));
  }
}

function checkMapList(schema: StructuralSchema, path: string, errors: FieldError[]): void {
  const { items, listMapKeys, unsupported } = schema;
  if (listMapKeys.length === 0) {
    errors.push(required(childPath(path, MAP_KEYS), `must not be empty if ${LIST_TYPE} is map`));
  }
  const at = childPath(path, 'items');
  if (items === undefined) {
    const list = unsupported?.itemsList;
    const detail = `must ${list === undefined ? 'have a schema' : 'only have a single schema'} if ${LIST_TYPE} is map`;
    errors.push(
      list === undefined
        ? required(at, detail)
        : invalid(
            at,
            list.map(({ stored }) => stored),
            detail,
          ),
    );
    return;
  }
  if (items.type !== 'object') {
    const detail = `must be object if parent array's ${LIST_TYPE} is map`;
    errors.push(invalid(childPath(at, 'type'), items.type, detail));
    return;
  }
  checkKeys(items, listMapKeys, path, errors);
}

function checkKeys(items: StructuralSchema, keys: readonly string[], path: string, errors: FieldError[]): void {
  keys.forEach((key, index) => {
    const property = items.properties.get(key);
    if (property === undefined) {
      errors.push(invalid(childPath(path, MAP_KEYS), keys, 'entries must all be names of item properties'));
    } else if (property.type === 'array' || property.type === 'object') {
      const detail = `must be a scalar type if parent array's ${LIST_TYPE} is map`;
      const at = childPath(itemPath(`${path}.items.properties`, key), 'type');
      // The type told is that of the items, as in Kubernetes.
      errors.push(invalid(at, items.type, detail));
    }
    if (keys.indexOf(key) < index) {
      errors.push(invalid(childPath(path, MAP_KEYS), keys, 'must not contain duplicate entries'));
    }
  });
}

function checkNullability(schema: StructuralSchema, path: string, errors: FieldError[]): void {
  const { items, listType } = schema;
  if (items === undefined || (listType !== 'set' && listType !== 'map')) return;
  if (items.nullable) {
    const detail = `cannot be nullable when ${LIST_TYPE} is ${listType}`;
    errors.push(forbidden(`${path}.items.nullable`, detail));
  }
  if (listType !== 'map') return;
  for (const key of schema.listMapKeys) {
    const property = items.properties.get(key);
    if (property === undefined) continue;
    const at = itemPath(`${path}.items.properties`, key);
    const reason = `this property is in ${MAP_KEYS}, so it`;
    if (!items.required.includes(key) && property.default === undefined) {
      errors.push(required(`${at}.default`, `${reason} must have a default or be a required property`));
    }
    if (property.nullable) errors.push(forbidden(`${at}.nullable`, `${reason} cannot be nullable`));
  }
}
