import type { Catalog, Offload, ServedGroup, ServedResource } from '@kcp/apiserver';
import { inheritingCatalog, ownKindsCatalog } from '@kcp/api-sharing';
import { kcpDefinitions } from '@kcp/apis';
import { builtinResources } from '@kcp/builtins';
import { crdCatalog, DefinitionChecks, DefinitionIndex, definitionResource } from '@kcp/crd';
import { FixedDefinitions, ServedDefinitions } from '@kcp/crd';
import type { ConversionCalls } from '@kcp/crd';
import type { ObjectReader } from '@kcp/object-store';
import type { Meter } from '@kcp/telemetry';
import { constantCatalog, layeredCatalog } from './catalog.ts';
import type { Identity } from './identity.ts';
import type { ServiceAccountSettings } from './service-account-settings.ts';

/** How much may be remembered of which definitions logical clusters have. */
const DEFINITION_INDEX_BYTES = 64 * 1024 * 1024;

/** What is served. */
export interface Serving {
  /** What every logical cluster has. */
  readonly builtins: readonly ServedGroup[];
  /** Which definitions logical clusters have, as the catalog and the controllers read it. */
  readonly index: DefinitionIndex;
  /** The checks of definitions, for writes and controllers. */
  readonly checks: DefinitionChecks;
  readonly catalog: Catalog;
}

/** What decides about requests, and about tokens. */
export interface ServingParts {
  readonly identity: Identity;
  readonly accounts: ServiceAccountSettings;
  /** By what conversion webhooks are called. */
  readonly conversion: ConversionCalls;
  readonly meter: Meter;
}

/** Joins the built-in kinds, the kind of definitions, and what definitions make. */
export function serving(
  store: ObjectReader,
  offload: Offload,
  { identity, accounts, conversion, meter }: ServingParts,
): Serving {
  const { issuer, may, authenticate, rbac } = identity;
  const { audiences, maxExpirationSeconds } = accounts;
  const tokens = { issuer, audiences, ...(maxExpirationSeconds !== undefined && { maxExpirationSeconds }) };
  const checks = new DefinitionChecks(offload);
  const builtins = [
    ...builtinResources({ store, ...tokens, ...may, authenticate, rbac }),
    groupOf(definitionResource(checks)),
  ];
  const served = new ServedDefinitions({ conversion, meter });
  const index = new DefinitionIndex(store, DEFINITION_INDEX_BYTES);
  const ownKinds = ownKindsCatalog(store, new FixedDefinitions(kcpDefinitions, served));
  const system = layeredCatalog(constantCatalog(builtins), ownKinds);
  const own = crdCatalog({ store, index, served });
  const custom = layeredCatalog(own, inheritingCatalog(store, own));
  return { builtins, index, checks, catalog: layeredCatalog(system, custom) };
}

function groupOf(resource: ServedResource): ServedGroup {
  const { group, version } = resource.gvr;
  return { group, origin: 'builtin', versions: [{ version, resources: [resource] }] };
}
