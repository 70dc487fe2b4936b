import { byCodePoint, isArray, isObject, quote } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import { goValue } from '../strategic/go-value.ts';
import { resolve } from './apply-schema.ts';
import type { ApplySchema, ListSchema, ObjectSchema, ScalarSchema } from './apply-schema.ts';
import { fieldElement, itemElement, showElement } from './path-element.ts';

/**
 * What keeps an applied configuration from being one of its type: undeclared fields, values of a wrong kind, items without
 * keys or given twice. One text with all of it in the words of Go's package structured-merge-diff/typed; undefined where
 * nothing does.
 */
export function checkValue(value: Json, schema: ApplySchema): string | undefined {
  const faults: string[] = [];
  check(value, schema, { path: '', faults });
  return faults.length < 2 ? faults[0] : ['errors:', ...faults.map((fault) => `  ${fault}`)].join('\n');
}

interface Place {
  readonly path: string;
  readonly faults: string[];
}

function report({ path, faults }: Place, fault: string): void {
  faults.push(path === '' ? fault : `${path}: ${fault}`);
}

function check(value: Json, schema: ApplySchema, place: Place): void {
  if (schema.kind === 'deduced' || value === null) return;
  const type = resolve(schema, value);
  if (type.kind === 'scalar') checkScalar(value, type, place);
  else if (type.kind === 'list') checkList(value, type, place);
  else checkObject(value, type, place);
}

function checkScalar(value: Json, { type }: ScalarSchema, place: Place): void {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (type === 'numeric') {
    if (!isNumber) report(place, `expected numeric (int or float), got ${goType(value)}`);
  } else if (type === 'string') {
    if (typeof value !== 'string')
      report(place, `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
  } else if (type === 'boolean') {
    if (typeof value !== 'boolean') report(place, `expected boolean, got ${boxed(value)}`);
  } else if (typeof value === 'object') report(place, `expected any scalar, got ${boxed(value)}`);
}

function goType(value: Json): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'object') return 'string';
  return isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object') return String(value);
  if (isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  const names = Object.keys(value).sort(byCodePoint);
  return `map[string]interface {}{${names.map((name) => `${quote(name)}:${goSyntax(value[name] ?? null)}`).join(', ')}}`;
}

function boxed(value: Json): string {
  return `&{${goValue(value)}}`;
}

function checkList(value: Json, schema: ListSchema, place: Place): void {
  if (!isArray(value)) return report(place, `expected list, got ${boxed(value)}`);
  const seen = new Set<string>();
  for (const [at, item] of value.entries()) {
    const element = schema.type === 'atomic' ? `i:${at}` : itemElement(schema, item);
    if (element === undefined) return report(place, `element ${at}: ${whyNoElement(schema, item)}`);
    const shown = showElement(element);
    if (seen.has(element)) report(place, `duplicate entries for key ${shown}`);
    seen.add(element);
    check(item, schema.items, { path: place.path + shown, faults: place.faults });
  }
}

function whyNoElement({ type, keys = [] }: ListSchema, item: Json): string {
  if (type === 'set') {
    if (item === null) return "associative list without keys has an element that's an explicit null";
    return isArray(item)
      ? 'not supported: associative list with lists as elements'
      : "associative list without keys has an element that's a map type";
  }
  if (item === null) return 'associative list with keys may not have a null element';
  if (!isObject(item)) return 'associative list with keys may not have non-map elements';
  const names = keys.map((key) => JSON.stringify(key)).join(' ');
  return `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`;
}

function checkObject(value: Json, schema: ObjectSchema, place: Place): void {
  if (!isObject(value)) return report(place, `expected map, got ${boxed(value)}`);
  for (const name of Object.keys(value)) {
    const here = { path: place.path + showElement(fieldElement(name)), faults: place.faults };
    const type = schema.field(name) ?? schema.values;
    if (type === undefined) return report(here, 'field not declared in schema');
    check(value[name] ?? null, type, here);
  }
}
