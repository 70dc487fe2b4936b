import { unlessOvertaken } from '@kcp/apiserver';
import { typeWarnings, type CheckedKind } from '@kcp/admission';
import {
  parseApiVersion,
  type JsonObject,
  type KubeObject,
  numberAt,
  objectAt,
  objectsAt,
  optionalObjectAt,
  textAt,
  textsAt,
} from '@kcp/api-machinery';
import type { ServedResource } from '@kcp/apiserver';
import type { Reconcile, ReconcileKey } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { Bucket, FollowedChange } from '@kcp/object-store';
import type { ListResources, ReconcileDeps } from '../controllers/deps.ts';

/** Where validating policies are stored. */
export const validatingPolicyBucket: Bucket = {
  group: 'admissionregistration.k8s.io',
  resource: 'validatingadmissionpolicies',
};

/** Against so many kinds a policy is checked (k8s.io/apiserver typechecking.go maxTypesToCheck). */
const MOST_KINDS = 10;

/** What the controller of policies' status needs. */
export interface PolicyStatusDeps extends ReconcileDeps {
  /** What a logical cluster serves, custom kinds included. */
  readonly resources: ListResources;
}

function isObserved(policy: KubeObject): boolean {
  return numberAt(objectAt(policy, 'status'), 'observedGeneration') === policy.metadata.generation;
}

/** Policies whose present spec nobody has looked at. */
export function policyStatusKeys({ kind, object }: FollowedChange): readonly ReconcileKey[] {
  return kind === 'put' && !isObserved(object.decode()) ? [object.key] : [];
}

/**
 * Says in the status which generation of a policy was looked at, and which of its expressions do not fit the kinds that it is
 * about (kube-controller-manager's validatingadmissionpolicy-status). A kind that changes later is not looked at again.
 */
export function policyStatus({ store, writer, resources }: PolicyStatusDeps): Reconcile {
  return async (key) => {
    const policy = store.get(validatingPolicyBucket, key)?.decode();
    if (policy === undefined || policy.metadata.deletionTimestamp !== undefined || isObserved(policy)) return done;
    const typeChecking = check(objectAt(policy, 'spec'), resources(key.cluster));
    const address = { ...key, resource: { ...validatingPolicyBucket, version: 'v1' } };
    const write = (old: KubeObject): KubeObject => {
      if (old.metadata.generation !== policy.metadata.generation || isObserved(old)) return old;
      const observed = { observedGeneration: old.metadata.generation ?? 0, typeChecking };
      return { ...old, status: { ...objectAt(old, 'status'), ...observed } };
    };
    await unlessOvertaken(writer.update(address, write, 'status'));
    return done;
  };
}

function check(spec: JsonObject, served: readonly ServedResource[]): JsonObject {
  const params = optionalObjectAt(spec, 'paramKind');
  const expressionWarnings = typeWarnings({
    spec,
    kinds: kindsOf(objectAt(spec, 'matchConstraints'), served),
    params: params && paramResource(params, served)?.openApi(),
  });
  return expressionWarnings.length === 0 ? {} : { expressionWarnings: expressionWarnings.map((each) => ({ ...each })) };
}

function paramResource(paramKind: JsonObject, served: readonly ServedResource[]): ServedResource | undefined {
  const parsed = parseApiVersion(textAt(paramKind, 'apiVersion'));
  const kind = textAt(paramKind, 'kind');
  return served.find(
    (resource) =>
      resource.kind === kind && resource.gvr.group === parsed?.group && resource.gvr.version === parsed.version,
  );
}

/** The kinds that rules name outright, sorted; rules with stars and sub-resources name none. */
function kindsOf(match: JsonObject, served: readonly ServedResource[]): readonly CheckedKind[] {
  const found = new Map<string, ServedResource>();
  for (const rule of objectsAt(match, 'resourceRules')) {
    for (const resource of namedBy(rule, served)) {
      const { group, version } = resource.gvr;
      if (found.size < MOST_KINDS) found.set([group, version, resource.kind].join('\0'), resource);
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, resource]) => {
    const { group, version } = resource.gvr;
    return { kind: { group, version, kind: resource.kind }, definitions: resource.openApi() };
  });
}

function namedBy(rule: JsonObject, served: readonly ServedResource[]): readonly ServedResource[] {
  const [groups, versions] = [textsAt(rule, 'apiGroups'), textsAt(rule, 'apiVersions')];
  if ([...groups, ...versions].some((name) => name.includes('*'))) return [];
  const names = textsAt(rule, 'resources');
  return served.filter(
    ({ gvr }) => groups.includes(gvr.group) && versions.includes(gvr.version) && names.includes(gvr.resource),
  );
}
