import type { JsonObject } from '@kcp/api-machinery';
import { parseJson } from '@kcp/api-machinery';

/** An object as Go writes it: in JSON, and in protobuf as base64 (k8s.io/api 0.36). */
export interface Recorded {
  readonly group: string;
  readonly kind: string;
  readonly object: JsonObject;
  readonly message: string;
}

function recorded(group: string, kind: string, [json, message]: readonly [string, string]): Recorded {
  return { group, kind, object: parseJson(json) as JsonObject, message };
}

/** What the messages of some kinds look like: every special type, numbers out of order, messages inside messages. */
export const recordedMessages: readonly Recorded[] = [
  recorded('', 'ConfigMap', [
    '{"metadata":{"name":"a","creationTimestamp":"2024-01-02T03:04:05Z","labels":{"z":"1","M":"","a":"2"},"generation":9007199254740993,"deletionGracePeriodSeconds":0,"managedFields":[{"manager":"m","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{}}}]},"immutable":false,"data":{"k":"vü"},"binaryData":{"b":"AP+A"}}',
    'CmgKAWESABoAIgAqADIAOIGAgICAgIAQQggIpfrNrAYQAFAAWgUKAU0SAFoGCgFhEgEyWgYKAXoSATGKASwKAW0SBlVwZGF0ZRoCdjEyCEZpZWxkc1YxOg8KDXsiZjpkYXRhIjp7fX1CABIICgFrEgN2w7waCAoBYhIDAP+AIAA=',
  ]),
  recorded('', 'ResourceQuota', [
    '{"metadata":{"name":"q"},"spec":{"hard":{"pods":"0","limits.cpu":"1500m"},"scopeSelector":{"matchExpressions":[{"scopeName":"s","operator":"In","values":["x"]}]}},"status":{}}',
    'ChEKAXESABoAIgAqADIAOABCABIyChUKCmxpbWl0cy5jcHUSBwoFMTUwMG0KCwoEcG9kcxIDCgEwGgwKCgoBcxICSW4aAXgaAA==',
  ]),
  recorded('', 'Event', [
    '{"metadata":{"name":"e"},"involvedObject":{"kind":"K"},"source":{},"firstTimestamp":null,"lastTimestamp":"2024-01-02T03:04:06Z","count":-1,"eventTime":"2024-01-02T03:04:05.000001Z","reportingComponent":"c","reportingInstance":""}',
    'ChEKAWUSABoAIgAqADIAOABCABIPCgFLEgAaACIAKgAyADoAGgAiACoECgASADIAOggIpvrNrAYQAED///////////8BSgBSCQil+s2sBhDoB2IAcgFjegA=',
  ]),
  recorded('coordination.k8s.io', 'Lease', [
    '{"metadata":{"name":"l"},"spec":{"holderIdentity":"","leaseDurationSeconds":15,"renewTime":"2024-01-02T03:04:05.123456Z","leaseTransitions":0}}',
    'ChEKAWwSABoAIgAqADIAOABCABITCgAQDyILCKX6zawGEICU7zooAA==',
  ]),
  recorded('rbac.authorization.k8s.io', 'Role', [
    '{"metadata":{"name":"r"},"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["configmaps"],"resourceNames":["one"]}]}',
    'ChEKAXISABoAIgAqADIAOABCABIeCgNnZXQKBGxpc3QSABoKY29uZmlnbWFwcyIDb25l',
  ]),
  recorded('authentication.k8s.io', 'TokenRequest', [
    '{"metadata":{},"spec":{"audiences":["a"],"expirationSeconds":600,"boundObjectRef":null},"status":{"token":"","expirationTimestamp":null}}',
    'ChAKABIAGgAiACoAMgA4AEIAEgYKAWEg2AQaBAoAEgA=',
  ]),
  recorded('authentication.k8s.io', 'TokenReview', [
    '{"metadata":{},"spec":{"token":"t"},"status":{"authenticated":true,"user":{"username":"u","extra":{"b":["1","2"],"a":[]}}}}',
    'ChAKABIAGgAiACoAMgA4AEIAEgMKAXQaHwgBEhkKAXUSACIFCgFhEgAiCwoBYhIGCgExCgEyGgA=',
  ]),
  recorded('certificates.k8s.io', 'CertificateSigningRequest', [
    '{"metadata":{"name":"c"},"spec":{"request":"AAEC","signerName":"x/y"},"status":{}}',
    'ChEKAWMSABoAIgAqADIAOABCABIOCgMAAQISABoAOgN4L3kaAA==',
  ]),
  recorded('admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', [
    '{"metadata":{"name":"v"},"webhooks":[{"name":"a.b.c","clientConfig":{"url":"https://x"},"rules":[{"operations":["CREATE"],"apiGroups":["*"],"apiVersions":["v1"],"resources":["*/*"],"scope":"*"}],"sideEffects":"None","admissionReviewVersions":["v1"]}]}',
    'ChEKAXYSABoAIgAqADIAOABCABI5CgVhLmIuYxILGglodHRwczovL3gaGQoGQ1JFQVRFEg8KASoSAnYxGgMqLyoiASoyBE5vbmVCAnYx',
  ]),
  recorded('admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding', [
    '{"metadata":{"name":"b"},"spec":{"policyName":"p","matchResources":{"resourceRules":[{"resourceNames":["n"],"operations":["*"],"apiGroups":["g"],"apiVersions":["v"],"resources":["r"]}]}}}',
    'ChEKAWISABoAIgAqADIAOABCABIaCgFwGhUaEwoBbhIOCgEqEgkKAWcSAXYaAXI=',
  ]),
  recorded('apiextensions.k8s.io', 'CustomResourceDefinition', [
    '{"metadata":{"name":"d"},"spec":{"group":"g","names":{"plural":"p","kind":"K"},"scope":"Cluster","versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"},"default":["x",null]},"b":{"type":"number","maximum":2.5,"enum":[1,null]},"c":{"type":"object","additionalProperties":{"type":"string"}},"d":{"additionalProperties":false}},"dependencies":{"x":["y"]},"x-kubernetes-validations":[{"rule":"true"}]}},"subresources":{"status":{}}}]},"status":{"conditions":null,"acceptedNames":{"plural":"","kind":""},"storedVersions":null}}',
    'ChEKAWQSABoAIgAqADIAOABCABKRAwoBZxoKCgFwEgAiAUsqACIHQ2x1c3Rlcjr0AgoCdjEQARgBIuMCCuACCgASACIAKgZvYmplY3QyADoAUABgAHoAkAEA6gFfCgFhEloKABIAIgAqBWFycmF5MgA6AEIMCgpbIngiLG51bGxdUABgAHoAkAEAwgEmCiQKABIAIgAqBnN0cmluZzIAOgBQAGAAegCQAQCoAgC4AgDAAgCoAgC4AgDAAgDqATsKAWISNgoAEgAiACoGbnVtYmVyMgA6AEkAAAAAAAAEQFAAYAB6AJABAKIBAwoBMaIBAKgCALgCAMACAOoBVAoBYxJPCgASACIAKgZvYmplY3QyADoAUABgAHoAkAEA8gEoCAESJAoAEgAiACoGc3RyaW5nMgA6AFAAYAB6AJABAKgCALgCAMACAKgCALgCAMACAOoBKAoBZBIjCgASACIAKgAyADoAUABgAHoAkAEA8gECCACoAgC4AgDAAgCCAggKAXgSAxIBeagCALgCAMACAOICDAoEdHJ1ZRIAGgAqACoCCgA4AFAAGgwSCAoAEgAiACoAIAA=',
  ]),
];
