import type { Json, JsonObject } from '@kcp/api-machinery';
import type { VerificationKey } from './signing-key.ts';

/** Where the configuration is served. */
export const OPENID_CONFIGURATION_PATH = '/.well-known/openid-configuration';
/** Where the keys are served. */
export const JWKS_PATH = '/openid/v1/jwks';

/** What others need to check our tokens (pkg/serviceaccount openIDMetadata). */
export interface OpenIdOptions {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly keys: readonly VerificationKey[];
}

/** The discovery document of the service account issuer. */
export function openIdConfiguration({ issuer, jwksUri, keys }: OpenIdOptions): JsonObject {
  return {
    issuer,
    jwks_uri: jwksUri,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys.map(({ algorithm }) => algorithm))].sort(),
  };
}

/** The public keys as a JSON Web Key Set. */
export function jsonWebKeySet(keys: readonly VerificationKey[]): JsonObject {
  return { keys: keys.map(jsonWebKey) };
}

function jsonWebKey({ id, algorithm, publicKey }: VerificationKey): JsonObject {
  const members: [string, Json][] = [];
  for (const [name, value] of Object.entries(publicKey.export({ format: 'jwk' }))) {
    if (typeof value === 'string') members.push([name, value]);
  }
  return { use: 'sig', kid: id, alg: algorithm, ...Object.fromEntries(members) };
}
