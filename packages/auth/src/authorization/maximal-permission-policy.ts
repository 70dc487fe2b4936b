import { quote } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Attributes, Authorizer, Decision } from '../authorizer.ts';
import { asConsumer } from './consumer.ts';
import { delegate } from './recorded.ts';

/** The export that a logical cluster has a resource from. */
export interface BoundExport {
  /** Where the export is. */
  readonly cluster: LogicalCluster;
  readonly name: string;
  /** `local`: roles of the export's logical cluster bound what consumers may; `gone`: there is no such export any more. */
  readonly policy: 'local' | 'other' | 'none' | 'gone';
}

/** Finds the export that a binding of a logical cluster has a resource from; undefined where it is from nowhere else. From the store. */
export type BoundExportLookup = (
  cluster: LogicalCluster,
  resource: { readonly group: string; readonly resource: string },
) => BoundExport | undefined;

/** What bounding consumers takes. */
export interface MaximalPermissionPolicyOptions {
  readonly boundExport: BoundExportLookup;
  /** RBAC by the roles of one logical cluster about requests to another. */
  readonly permits: (place: LogicalCluster, attributes: Attributes) => Decision;
  /** Who decides about what the provider permits. */
  readonly inside: Authorizer;
}

/**
 * Keeps consumers within what a provider permits (kcp's maximal permission policy authorizer): where a resource comes from an export
 * with a local policy, the roles of the export's logical cluster must allow the request to the consumer, whose name and groups
 * have `apis.kcp.io:binding:` before them there. What they allow is only the bound: the next one decides.
 */
export function maximalPermissionPolicy({ boundExport, permits, inside }: MaximalPermissionPolicyOptions): Authorizer {
  return (attributes) => {
    const { cluster } = attributes;
    const bound = attributes.kind === 'resource' && typeof cluster === 'string' && boundExport(cluster, attributes);
    if (!bound) return delegate('no relevant binding found', inside, attributes);
    const which = `${quote(bound.cluster)}|${quote(bound.name)}`;
    switch (bound.policy) {
      case 'gone':
        return delegate(`APIExport ${quote(bound.cluster)}:${quote(bound.name)} not found`, inside, attributes);
      case 'none':
        return delegate(`no maximum permission policy in API Export ${which}`, inside, attributes);
      case 'other':
        return delegate(`no local maximum permission policy in API Export ${which}`, inside, attributes);
      case 'local': {
        const { kind, reason } = permits(bound.cluster, { ...attributes, user: asConsumer(attributes.user) });
        const why = `API export ${which} policy: ${reason}`;
        return kind === 'allow' ? delegate(why, inside, attributes) : { kind: 'noOpinion', reason: why };
      }
    }
  };
}
