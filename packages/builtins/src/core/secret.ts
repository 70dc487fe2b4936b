import type { FieldError, KubeObject, MutableJsonObject } from '@kcp/api-machinery';
import {
  invalid,
  isConfigMapKey,
  isObject,
  itemPath,
  parseJson,
  put,
  required,
  tooLong,
  validateImmutableField,
  objectAt,
  textAt,
  textEntriesAt,
  withField,
} from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import { decodedLength, MOST_BYTES } from './config-map.ts';
import { validateImmutable } from './immutable.ts';

/** The type of Secrets that hold a service account's token. */
export const SERVICE_ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';
/** Names the account of such a Secret. */
export const SERVICE_ACCOUNT_NAME = 'kubernetes.io/service-account.name';

const REDACTED = '<secret contents redacted>';

/** Keys that must all be there, by type. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

/** Keys that must be there and hold a JSON object, by type. */
const JSON_KEYS: Readonly<Record<string, string>> = {
  'kubernetes.io/dockercfg': '.dockercfg',
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
};

function defaults(object: KubeObject): KubeObject {
  const strings = textEntriesAt(object, 'stringData');
  const { stringData: _, ...rest } = object;
  const type = textAt(object, 'type') || 'Opaque';
  if (strings.length === 0) return { ...rest, type };
  const data: MutableJsonObject = { ...objectAt(object, 'data') };
  for (const [key, value] of strings) put(data, key, Buffer.from(value).toString('base64'));
  return { ...withField(rest, 'data', data), type };
}

function holdsJsonObject(base64: string): boolean {
  try {
    return isObject(parseJson(Buffer.from(base64, 'base64').toString('utf8')));
  } catch {
    return false;
  }
}

function validateKeys(object: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of textEntriesAt(object, 'data')) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(itemPath('data', key), key, message));
    size += decodedLength(value);
  }
  if (size > MOST_BYTES) errors.push(tooLong('data', MOST_BYTES));
  return errors;
}

function validateType(object: KubeObject): FieldError[] {
  const type = textAt(object, 'type');
  const data = objectAt(object, 'data');
  const missing = (key: string): boolean => !Object.hasOwn(data, key);
  if (type === SERVICE_ACCOUNT_TOKEN) {
    const account = object.metadata.annotations?.[SERVICE_ACCOUNT_NAME] ?? '';
    return account === '' ? [required(itemPath('metadata.annotations', SERVICE_ACCOUNT_NAME))] : [];
  }
  if (type === 'kubernetes.io/basic-auth') {
    const none = missing('username') && missing('password');
    return none ? ['username', 'password'].map((key) => required(itemPath('data', key))) : [];
  }
  const json = Object.hasOwn(JSON_KEYS, type) ? JSON_KEYS[type] : undefined;
  if (json !== undefined) {
    if (missing(json)) return [required(itemPath('data', json))];
    return holdsJsonObject(textAt(data, json))
      ? []
      : [invalid(itemPath('data', json), REDACTED, 'it must be a JSON object')];
  }
  const keys = Object.hasOwn(REQUIRED_KEYS, type) ? (REQUIRED_KEYS[type] ?? []) : [];
  return keys.filter(missing).map((key) => required(itemPath('data', key)));
}

function validate(object: KubeObject): FieldError[] {
  return [...validateKeys(object), ...validateType(object)];
}

/** v1 secrets. */
export function secrets(): ServedResource {
  return builtinResource({
    table: kindTable('', 'Secret'),
    defaults,
    strategy: {
      validateCreate: validate,
      validatesWholeMetadata: true,
      validateUpdate: (object, old) => [
        ...validateImmutableField(textAt(object, 'type'), textAt(old, 'type'), 'type'),
        ...validateImmutable(object, old, ['data']),
        ...validate(object),
      ],
    },
    columns: withNameAndAge(
      column('Type', 'What the secret is for.', (object) => textAt(object, 'type')),
      column('Data', 'How many keys it has.', (object) => Object.keys(objectAt(object, 'data')).length),
    ),
    selectableFields: { type: (object) => textAt(object, 'type') },
  });
}
