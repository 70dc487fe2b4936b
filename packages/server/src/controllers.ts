import { startCrdControllers, type DefinitionChecks, type DefinitionIndex, type NamesInUse } from '@kcp/crd';
import type { Catalog, PreparingWriter, ServedGroup } from '@kcp/apiserver';
import type { ServiceAccountIssuer } from '@kcp/auth';
import {
  startBootstrapTokenCleaner,
  startBuiltinControllers,
  startEventExpiry,
  startGarbageCollector,
  startLegacyTokenCleaner,
  startTrustControllers,
  type Signing,
} from '@kcp/builtins';
import { systemClock } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectWriter } from '@kcp/object-store';
import type { Logger, Meter } from '@kcp/telemetry';
import { startTenancyControllers, type BirthDeps } from '@kcp/tenancy';

/** What the controllers of a server are made of. */
export interface ControllerParts {
  readonly store: ObjectWriter;
  readonly index: DefinitionIndex;
  readonly checks: DefinitionChecks;
  readonly builtins: readonly ServedGroup[];
  readonly catalog: Catalog;
  readonly writer: PreparingWriter;
  readonly issuer: ServiceAccountIssuer;
  /** What logical clusters are made with. */
  readonly birth: BirthDeps;
  /** Whether workspaces can be mounted. */
  readonly mounts: boolean;
  /** Where this server is reached, asked once it listens. */
  readonly externalUrl: () => string;
  /** What pods trust: kube-root-ca.crt, PEM; asked again for every `renewTrust`. */
  readonly rootCertificates: () => string;
  readonly signing: Signing;
  /** True where bootstrap tokens count: those that have ended are then removed. */
  readonly bootstrapTokens: boolean;
  /** How long events are kept, in milliseconds; 0: for ever. */
  readonly eventTtlMs: number;
  /** After how long without a use tokens in Secrets are marked as invalid, in milliseconds. */
  readonly legacyTokenPeriodMs: number;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** What runs beside the requests. */
export interface RunningControllers extends AsyncDisposable {
  /** The root certificates changed: what was published is published anew, in all logical clusters. */
  renewTrust(): Promise<void>;
}

/** Starts what runs beside the requests: one set for all logical clusters. Disposing of it stops all. */
export function startControllers({ index, builtins, rootCertificates, ...rest }: ControllerParts): RunningControllers {
  const { catalog } = rest;
  const parts = new AsyncDisposableStack();
  const names = builtinNames(builtins);
  const resources = (cluster: LogicalCluster) =>
    catalog.of(cluster).groups.flatMap(({ versions }) => versions.flatMap((version) => version.resources));
  parts.use(
    startCrdControllers({ ...rest, index, clock: systemClock, builtinNames: (_cluster, group) => names.get(group) }),
  );
  for (const controller of startBuiltinControllers({ ...rest, resources, clock: systemClock })) parts.use(controller);
  if (rest.bootstrapTokens) parts.use(startBootstrapTokenCleaner({ ...rest, clock: systemClock }));
  if (rest.eventTtlMs > 0) parts.use(startEventExpiry({ ...rest, ttlMs: rest.eventTtlMs, clock: systemClock }));
  parts.use(startLegacyTokenCleaner({ ...rest, periodMs: rest.legacyTokenPeriodMs, clock: systemClock }));
  parts.use(startGarbageCollector({ ...rest, clock: systemClock }));
  const workspaces = { ...rest, externalUrl: rest.externalUrl(), listStored: resources, clock: systemClock };
  for (const controller of startTenancyControllers(workspaces)) parts.use(controller);
  const publish = (): AsyncDisposableStack => {
    const stack = new AsyncDisposableStack();
    const deps = { ...rest, resources, rootCertificates: rootCertificates(), clock: systemClock };
    for (const controller of startTrustControllers(deps)) stack.use(controller);
    return stack;
  };
  let publishing = publish();
  parts.defer(() => publishing.disposeAsync());
  return {
    renewTrust: async () => {
      await publishing.disposeAsync();
      if (!parts.disposed) publishing = publish();
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** The names that no definition may take, by group. */
function builtinNames(builtins: readonly ServedGroup[]): ReadonlyMap<string, NamesInUse> {
  return new Map(
    builtins.map(({ group, versions }) => {
      const resources = versions.flatMap((version) => version.resources);
      return [
        group,
        {
          resources: new Set(
            resources.flatMap(({ gvr, singular, shortNames }) => [gvr.resource, singular, ...shortNames]),
          ),
          kinds: new Set(resources.flatMap(({ kind, listKind }) => [kind, listKind])),
        },
      ];
    }),
  );
}
