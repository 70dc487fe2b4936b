import type { JsonObject } from '@kcp/api-machinery';
import { sharedDefinitions } from '@kcp/apis';
import { createOpenApi, createPathHandler, type Catalog, type HealthChecks, type PathHandler } from '@kcp/apiserver';
import { jsonWebKeySet, JWKS_PATH, OPENID_CONFIGURATION_PATH, openIdConfiguration } from '@kcp/auth';
import type { ServerOptions } from './options.ts';
import { serverVersion } from './server-version.ts';
import type { ServiceAccountKeys } from './service-account-keys.ts';
import type { ServiceAccountSettings } from './service-account-settings.ts';

/** In which part of its life a server is; health checks tell. */
export interface LifeState {
  ready: boolean;
  stopping: boolean;
}

/** What the endpoints that are no resources are made of. */
export interface EndpointParts {
  readonly catalog: Catalog;
  readonly keys: ServiceAccountKeys;
  readonly accounts: ServiceAccountSettings;
  readonly state: Readonly<LifeState>;
  /** Why the store cannot be written or read up to date; undefined where it can. */
  readonly storageProblem: () => string | undefined;
  /** The server's URL, once the door is open. */
  readonly serverUrl: () => string;
}

const noMetrics = { text: '', contentType: 'text/plain; version=0.0.4; charset=utf-8' };

/** Health, version, metrics, discovery, OpenAPI, the issuer's documents. */
export function endpoints(
  { metrics = () => Promise.resolve(noMetrics) }: ServerOptions,
  parts: EndpointParts,
): PathHandler {
  const { catalog, keys, accounts, state, serverUrl, storageProblem } = parts;
  return createPathHandler({
    catalog,
    checks: healthChecks(state, storageProblem),
    version: serverVersion(),
    serverAddress: () => serverUrl().replace('https://', ''),
    metrics,
    documents: issuerDocuments(keys.verification, accounts),
    openApi: createOpenApi(sharedDefinitions()),
  });
}

/** What others need to check service-account tokens: the issuer's configuration and its public keys. */
function issuerDocuments(
  keys: ServiceAccountKeys['verification'],
  { issuer, jwksUri }: ServiceAccountSettings,
): ReadonlyMap<string, JsonObject> {
  return new Map([
    [OPENID_CONFIGURATION_PATH, openIdConfiguration({ issuer, jwksUri, keys })],
    [JWKS_PATH, jsonWebKeySet(keys)],
  ]);
}

function healthChecks(state: Readonly<LifeState>, storageProblem: () => string | undefined): HealthChecks {
  const ping = { name: 'ping', check: () => undefined };
  const started = { name: 'started', check: () => (state.ready ? undefined : 'the server is starting') };
  const storage = { name: 'storage', check: storageProblem };
  const shutdown = { name: 'shutdown', check: () => (state.stopping ? 'the server is stopping' : undefined) };
  return { healthz: [ping], livez: [ping], readyz: [ping, started, storage, shutdown] };
}
