import type { JsonObject } from '@kcp/api-machinery';
import { sharedDefinitions } from '@kcp/apis';
import { createOpenApi, createPathHandler, type Catalog, type HealthChecks, type PathHandler } from '@kcp/apiserver';
import { jsonWebKeySet, JWKS_PATH, OPENID_CONFIGURATION_PATH, openIdConfiguration } from '@kcp/auth';
import { ISSUER } from './identity.ts';
import type { ServerOptions } from './options.ts';
import { serverVersion } from './server-version.ts';
import type { ServiceAccountKeys } from './service-account-keys.ts';

/** In which part of its life a server is; health checks tell. */
export interface LifeState {
  ready: boolean;
  stopping: boolean;
}

/** What the endpoints that are no resources are made of. */
export interface EndpointParts {
  readonly catalog: Catalog;
  readonly keys: ServiceAccountKeys;
  readonly state: Readonly<LifeState>;
  /** The server's URL, once the door is open. */
  readonly serverUrl: () => string;
}

const noMetrics = { text: '', contentType: 'text/plain; version=0.0.4; charset=utf-8' };

/** Health, version, metrics, discovery, OpenAPI, the issuer's documents. */
export function endpoints(
  { metrics = () => Promise.resolve(noMetrics) }: ServerOptions,
  parts: EndpointParts,
): PathHandler {
  const { catalog, keys, state, serverUrl } = parts;
  return createPathHandler({
    catalog,
    checks: healthChecks(state),
    version: serverVersion(),
    serverAddress: () => serverUrl().replace('https://', ''),
    metrics,
    documents: issuerDocuments(keys.verification),
    openApi: createOpenApi(sharedDefinitions()),
  });
}

/** What others need to check service-account tokens: the issuer's configuration and its public keys. */
function issuerDocuments(keys: ServiceAccountKeys['verification']): ReadonlyMap<string, JsonObject> {
  return new Map([
    [OPENID_CONFIGURATION_PATH, openIdConfiguration({ issuer: ISSUER, jwksUri: `${ISSUER}${JWKS_PATH}`, keys })],
    [JWKS_PATH, jsonWebKeySet(keys)],
  ]);
}

function healthChecks(state: Readonly<LifeState>): HealthChecks {
  const ping = { name: 'ping', check: () => undefined };
  const started = { name: 'started', check: () => (state.ready ? undefined : 'the server is starting') };
  const shutdown = { name: 'shutdown', check: () => (state.stopping ? 'the server is stopping' : undefined) };
  return { healthz: [ping], livez: [ping], readyz: [ping, started, shutdown] };
}
