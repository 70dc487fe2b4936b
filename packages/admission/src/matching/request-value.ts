import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { dynamicValue, valueFromJson, type Value } from '@kcp/cel';
import type { AdmissionAttributes } from '../admission.ts';
import { namespaceTypes, requestTypes } from './admission-environment.ts';
import type { Match } from './match.ts';

/** Who asks, as reviews say it (authentication.k8s.io/v1 UserInfo). */
export function userInfo({ name, uid, groups, extra }: AdmissionAttributes['user']): JsonObject {
  return {
    ...(name !== '' && { username: name }),
    ...(uid !== '' && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

/** A request as reviews and expressions describe it: an AdmissionRequest without uid and objects. */
export function requestFacts(attributes: AdmissionAttributes, { resource, kind }: Match): JsonObject {
  const { subresource, name, namespace, operation, user, dryRun, options } = attributes;
  return {
    kind: { ...kind },
    resource: { ...resource },
    ...(subresource !== '' && { subResource: subresource }),
    requestKind: { ...attributes.kind },
    requestResource: { ...attributes.resource },
    ...(subresource !== '' && { requestSubResource: subresource }),
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation,
    userInfo: userInfo(user),
    dryRun,
    options,
  };
}

/** The value of the variable `request`; name and namespace are there even where they are empty. */
export function requestValue(attributes: AdmissionAttributes, match: Match): Value {
  const { name, namespace } = attributes;
  return valueFromJson({ ...requestFacts(attributes, match), name, namespace }, requestTypes.root);
}

/** The value of the variables `object` and `oldObject`: null where there is none. */
export function objectValue(object: KubeObject | undefined): Value {
  return object === undefined ? null : dynamicValue(object);
}

/** The value of the variable `namespaceObject`: null for what is in no namespace. */
export function namespaceValue(namespace: KubeObject | undefined): Value {
  return namespace === undefined ? null : valueFromJson(namespace, namespaceTypes.root);
}
