import { badRequest, isObject, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';
import type { AdmissionAttributes, Mutation } from '../admission.ts';

const configMap: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'late', namespace: 'here' },
};

/** Attributes of a request of a test: the creation of a config map by an admin, but for what is given. A DELETE has no object. */
export function admissionAttributes(fields: Partial<AdmissionAttributes> = {}): AdmissionAttributes {
  return {
    operation: 'CREATE',
    user: { name: 'admin', uid: '', groups: ['system:masters', 'system:authenticated'], extra: {} },
    cluster: root,
    resource: { group: '', version: 'v1', resource: 'configmaps' },
    kind: { group: '', version: 'v1', kind: 'ConfigMap' },
    subresource: '',
    namespace: 'here',
    name: 'late',
    ...(fields.operation !== 'DELETE' && { object: configMap }),
    dryRun: false,
    options: {},
    equivalents: () => [],
    decode: decodeLoosely,
    warn: () => {},
    annotate: () => {},
    ...fields,
  };
}

/** The first pass over the mutating plug-ins, of a test that does not care for a second. */
export const firstPass: Mutation = { isSecondPass: false, askAgain: () => {} };

/** As custom resources without a schema are read. */
function decodeLoosely(raw: JsonObject): KubeObject {
  const { apiVersion, kind, metadata } = raw;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') throw badRequest('no object');
  return { ...raw, apiVersion, kind, metadata: metadata !== undefined && isObject(metadata) ? { ...metadata } : {} };
}
