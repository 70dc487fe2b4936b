import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import type {
  AnonymousConfiguration,
  AuthenticationConfiguration,
  ClaimMappings,
  ClaimOrExpression,
  IssuerConfiguration,
  JwtAuthenticatorConfiguration,
  PrefixedClaimOrExpression,
} from './configuration.ts';

/** A configuration that is not one; the message names the field. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const GROUP = 'apiserver.config.k8s.io';
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];

/** Reads the file's content as YAML gave it. Strict: unknown fields are refused by name. Throws ConfigurationError. */
export function decodeAuthenticationConfiguration(value: Json): AuthenticationConfiguration {
  const root = new Fields(value, '', ['apiVersion', 'kind', 'jwt', 'anonymous']);
  const [apiVersion, kind] = [root.text('apiVersion'), root.text('kind')];
  const [group, version = ''] = apiVersion.split('/');
  if (group !== GROUP || !VERSIONS.includes(version) || kind !== 'AuthenticationConfiguration') {
    const what = `kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`;
    throw new ConfigurationError(`no ${what} is known, expected AuthenticationConfiguration in ${GROUP}/v1`);
  }
  const anonymous = root.optional('anonymous');
  return {
    jwt: root.list('jwt').map(({ value, path }) => decodeJwtAuthenticator(value, path)),
    ...(anonymous !== undefined && { anonymous: decodeAnonymous(anonymous) }),
  };
}

/** Reads one authenticator, of the file or of a WorkspaceAuthenticationConfiguration. Throws ConfigurationError. */
export function decodeJwtAuthenticator(value: Json, path: string): JwtAuthenticatorConfiguration {
  const fields = new Fields(value, path, ['issuer', 'claimValidationRules', 'claimMappings', 'userValidationRules']);
  return {
    issuer: decodeIssuer(fields.child('issuer', ISSUER)),
    claimValidationRules: fields.list('claimValidationRules').map(({ value, path }) => {
      const rule = new Fields(value, path, ['claim', 'requiredValue', 'expression', 'message']);
      const [claim, requiredValue] = [rule.text('claim'), rule.text('requiredValue')];
      return { claim, requiredValue, expression: rule.text('expression'), message: rule.text('message') };
    }),
    claimMappings: decodeMappings(fields.child('claimMappings', ['username', 'groups', 'uid', 'extra'])),
    userValidationRules: fields.list('userValidationRules').map(({ value, path }) => {
      const rule = new Fields(value, path, ['expression', 'message']);
      return { expression: rule.text('expression'), message: rule.text('message') };
    }),
  };
}

const ISSUER = [
  'url',
  'discoveryURL',
  'certificateAuthority',
  'audiences',
  'audienceMatchPolicy',
  'egressSelectorType',
];

function decodeIssuer(fields: Fields): IssuerConfiguration {
  return {
    url: fields.text('url'),
    discoveryURL: fields.text('discoveryURL'),
    certificateAuthority: fields.text('certificateAuthority'),
    audiences: fields.texts('audiences'),
    audienceMatchPolicy: fields.text('audienceMatchPolicy'),
    egressSelectorType: fields.text('egressSelectorType'),
  };
}

function decodeMappings(fields: Fields): ClaimMappings {
  return {
    username: prefixed(fields.child('username', ['claim', 'prefix', 'expression'])),
    groups: prefixed(fields.child('groups', ['claim', 'prefix', 'expression'])),
    uid: claimOrExpression(fields.child('uid', ['claim', 'expression'])),
    extra: fields.list('extra').map(({ value, path }) => {
      const mapping = new Fields(value, path, ['key', 'valueExpression']);
      return { key: mapping.text('key'), valueExpression: mapping.text('valueExpression') };
    }),
  };
}

function claimOrExpression(fields: Fields): ClaimOrExpression {
  return { claim: fields.text('claim'), expression: fields.text('expression') };
}

function prefixed(fields: Fields): PrefixedClaimOrExpression {
  const given = fields.optional('prefix') !== undefined;
  return { ...claimOrExpression(fields), ...(given && { prefix: fields.text('prefix') }) };
}

function decodeAnonymous(value: Json): AnonymousConfiguration {
  const fields = new Fields(value, 'anonymous', ['enabled', 'conditions']);
  const enabled = fields.optional('enabled') ?? false;
  if (typeof enabled !== 'boolean') throw new ConfigurationError('anonymous.enabled: must be true or false');
  const conditions = fields.list('conditions').map(({ value, path }) => ({
    path: new Fields(value, path, ['path']).text('path'),
  }));
  return { enabled, conditions };
}

/** An object whose fields are known. null is absent, as in Go. */
class Fields {
  readonly #object: JsonObject;
  readonly #path: string;

  constructor(value: Json, path: string, known: readonly string[]) {
    if (!isObject(value)) throw new ConfigurationError(`${path || 'the document'}: must be an object`);
    this.#object = value;
    this.#path = path;
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) {
        throw new ConfigurationError(`strict decoding error: unknown field ${JSON.stringify(this.#at(name))}`);
      }
    }
  }

  optional(name: string): Json | undefined {
    return own(this.#object, name) ?? undefined;
  }

  text(name: string): string {
    const value = this.optional(name) ?? '';
    if (typeof value !== 'string') throw new ConfigurationError(`${this.#at(name)}: must be a string`);
    return value;
  }

  list(name: string): readonly { readonly value: Json; readonly path: string }[] {
    const value = this.optional(name) ?? [];
    if (!isArray(value)) throw new ConfigurationError(`${this.#at(name)}: must be a list`);
    return value.map((item, index) => ({ value: item, path: `${this.#at(name)}[${index}]` }));
  }

  texts(name: string): readonly string[] {
    return this.list(name).map(({ value, path }) => {
      if (typeof value !== 'string') throw new ConfigurationError(`${path}: must be a string`);
      return value;
    });
  }

  child(name: string, known: readonly string[]): Fields {
    return new Fields(this.optional(name) ?? {}, this.#at(name), known);
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}
