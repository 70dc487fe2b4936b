import { childPath, type FieldError, invalid, isDns1035Label, itemPath, required } from '@kcp/api-machinery';
import type { DefinitionNames } from './custom-resource-definition.ts';

/** What is wrong with names that are there; for spec.names and status.acceptedNames (ValidateCustomResourceDefinitionNames). */
export function validateNames(names: DefinitionNames, path: string): FieldError[] {
  const { kind, listKind } = names;
  const errors = [
    ...label(names.plural, childPath(path, 'plural')),
    ...label(names.singular, childPath(path, 'singular')),
    ...mixedCaseLabel(kind, childPath(path, 'kind')),
    ...mixedCaseLabel(listKind, childPath(path, 'listKind')),
    ...labels(names.shortNames, childPath(path, 'shortNames')),
  ];
  if (kind !== '' && kind === listKind) {
    errors.push(invalid(childPath(path, 'listKind'), listKind, 'kind and listKind may not be the same'));
  }
  return [...errors, ...labels(names.categories, childPath(path, 'categories'))];
}

/** What a spec's names lack. */
export function requireNames(names: DefinitionNames, path: string): FieldError[] {
  const fields = ['plural', 'singular', 'kind', 'listKind'] as const;
  return fields.filter((field) => (names[field] ?? '') === '').map((field) => required(childPath(path, field)));
}

/** `value` as a DNS-1035 label; all that is wrong with it in one error. */
export function validateLabel(value: string, path: string): FieldError[] {
  const messages = isDns1035Label(value);
  return messages.length === 0 ? [] : [invalid(path, value, messages.join(','))];
}

function label(value: string | undefined, path: string): FieldError[] {
  return value === undefined || value === '' ? [] : validateLabel(value, path);
}

function labels(values: readonly string[] | undefined, path: string): FieldError[] {
  return (values ?? []).flatMap((value, at) => validateLabel(value, itemPath(path, at)));
}

function mixedCaseLabel(value: string | undefined, path: string): FieldError[] {
  if (value === undefined || value === '') return [];
  const messages = isDns1035Label(value.toLowerCase());
  if (messages.length === 0) return [];
  return [invalid(path, value, `may have mixed case, but should otherwise match: ${messages.join(',')}`)];
}
