import { startCrdControllers, type DefinitionChecks, type DefinitionIndex, type NamesInUse } from '@kcp/crd';
import type { Catalog, InProcessWriter, ServedGroup } from '@kcp/apiserver';
import type { ServiceAccountIssuer } from '@kcp/auth';
import { startBuiltinControllers, startGarbageCollector } from '@kcp/builtins';
import { systemClock } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectWriter } from '@kcp/object-store';
import type { Logger, Meter } from '@kcp/telemetry';

/** What the controllers of a server are made of. */
export interface ControllerParts {
  readonly store: ObjectWriter;
  readonly index: DefinitionIndex;
  readonly checks: DefinitionChecks;
  readonly builtins: readonly ServedGroup[];
  readonly catalog: Catalog;
  readonly writer: InProcessWriter;
  readonly issuer: ServiceAccountIssuer;
  /** What pods trust: kube-root-ca.crt, PEM. */
  readonly rootCertificates: string;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** Starts what runs beside the requests: one set for all logical clusters. Disposing of it stops all. */
export function startControllers({ index, builtins, ...rest }: ControllerParts): AsyncDisposable {
  const { catalog } = rest;
  const parts = new AsyncDisposableStack();
  const names = builtinNames(builtins);
  const resources = (cluster: LogicalCluster) =>
    catalog.of(cluster).groups.flatMap(({ versions }) => versions.flatMap((version) => version.resources));
  parts.use(
    startCrdControllers({ ...rest, index, clock: systemClock, builtinNames: (_cluster, group) => names.get(group) }),
  );
  for (const controller of startBuiltinControllers({ ...rest, resources, clock: systemClock })) parts.use(controller);
  parts.use(startGarbageCollector({ ...rest, clock: systemClock }));
  return parts;
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
