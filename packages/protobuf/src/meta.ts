import type { Message } from './message.ts';
import { mapOf, message, repeated } from './message.ts';
import { itemsType, jsonType, time } from './wrapped-types.ts';

const OwnerReference = message('OwnerReference', () => ({
  kind: [1, 'string'],
  name: [3, 'string'],
  uid: [4, 'string'],
  apiVersion: [5, 'string'],
  controller: [6, 'bool', 'optional'],
  blockOwnerDeletion: [7, 'bool', 'optional'],
}));

const ManagedFieldsEntry = message('ManagedFieldsEntry', () => ({
  manager: [1, 'string'],
  operation: [2, 'string'],
  apiVersion: [3, 'string'],
  time: [4, time, 'optional'],
  fieldsType: [6, 'string'],
  fieldsV1: [7, jsonType('FieldsV1'), 'optional'],
  subresource: [8, 'string'],
}));

/** metav1.ObjectMeta. */
export const ObjectMeta: Message = message('ObjectMeta', () => ({
  name: [1, 'string'],
  generateName: [2, 'string'],
  namespace: [3, 'string'],
  selfLink: [4, 'string'],
  uid: [5, 'string'],
  resourceVersion: [6, 'string'],
  generation: [7, 'int64'],
  creationTimestamp: [8, time],
  deletionTimestamp: [9, time, 'optional'],
  deletionGracePeriodSeconds: [10, 'int64', 'optional'],
  labels: [11, mapOf('string')],
  annotations: [12, mapOf('string')],
  ownerReferences: [13, repeated(OwnerReference)],
  finalizers: [14, repeated('string')],
  managedFields: [17, repeated(ManagedFieldsEntry)],
}));

/** metav1.ListMeta. */
export const ListMeta: Message = message('ListMeta', () => ({
  selfLink: [1, 'string'],
  resourceVersion: [2, 'string'],
  continue: [3, 'string'],
  remainingItemCount: [4, 'int64', 'optional'],
}));

const StatusCause = message('StatusCause', () => ({
  reason: [1, 'string'],
  message: [2, 'string'],
  field: [3, 'string'],
}));

const StatusDetails = message('StatusDetails', () => ({
  name: [1, 'string'],
  group: [2, 'string'],
  kind: [3, 'string'],
  causes: [4, repeated(StatusCause)],
  retryAfterSeconds: [5, 'int32'],
  uid: [6, 'string'],
}));

/** metav1.Status. */
export const Status: Message = message('Status', () => ({
  metadata: [1, ListMeta],
  status: [2, 'string'],
  message: [3, 'string'],
  reason: [4, 'string'],
  details: [5, StatusDetails, 'optional'],
  code: [6, 'int32'],
}));

const Preconditions = message('Preconditions', () => ({
  uid: [1, 'string', 'optional'],
  resourceVersion: [2, 'string', 'optional'],
}));

/** metav1.DeleteOptions. */
export const DeleteOptions: Message = message('DeleteOptions', () => ({
  gracePeriodSeconds: [1, 'int64', 'optional'],
  preconditions: [2, Preconditions, 'optional'],
  orphanDependents: [3, 'bool', 'optional'],
  propagationPolicy: [4, 'string', 'optional'],
  dryRun: [5, repeated('string')],
  ignoreStoreReadErrorWithClusterBreakingPotential: [6, 'bool', 'optional'],
}));

/** metav1.PartialObjectMetadata. */
export const PartialObjectMetadata: Message = message('PartialObjectMetadata', () => ({ metadata: [1, ObjectMeta] }));

const PartialObjectMetadataList = message('PartialObjectMetadataList', () => ({
  metadata: [1, ListMeta],
  items: [2, repeated(PartialObjectMetadata)],
}));

/** autoscaling/v1 Scale. */
export const Scale: Message = message('Scale', () => ({
  metadata: [1, ObjectMeta],
  spec: [2, message('ScaleSpec', () => ({ replicas: [1, 'int32'] }))],
  status: [3, message('ScaleStatus', () => ({ replicas: [1, 'int32'], selector: [2, 'string'] }))],
}));

const ServerAddress = message('ServerAddressByClientCIDR', () => ({
  clientCIDR: [1, 'string'],
  serverAddress: [2, 'string'],
}));

const GroupVersion = message('GroupVersionForDiscovery', () => ({
  groupVersion: [1, 'string'],
  version: [2, 'string'],
}));

const APIVersions = message('APIVersions', () => ({
  versions: [1, repeated('string')],
  serverAddressByClientCIDRs: [2, repeated(ServerAddress)],
}));

const APIGroup = message('APIGroup', () => ({
  name: [1, 'string'],
  versions: [2, repeated(GroupVersion)],
  preferredVersion: [3, GroupVersion],
  serverAddressByClientCIDRs: [4, repeated(ServerAddress)],
}));

const APIGroupList = message('APIGroupList', () => ({ groups: [1, repeated(APIGroup)] }));

const APIResource = message('APIResource', () => ({
  name: [1, 'string'],
  namespaced: [2, 'bool'],
  kind: [3, 'string'],
  verbs: [4, itemsType('Verbs'), 'optional'],
  shortNames: [5, repeated('string')],
  singularName: [6, 'string'],
  categories: [7, repeated('string')],
  group: [8, 'string'],
  version: [9, 'string'],
  storageVersionHash: [10, 'string'],
}));

const APIResourceList = message('APIResourceList', () => ({
  groupVersion: [1, 'string'],
  resources: [2, repeated(APIResource)],
}));

const metaMessages: ReadonlyMap<string, Message> = new Map(
  [
    Status,
    Scale,
    PartialObjectMetadata,
    PartialObjectMetadataList,
    APIVersions,
    APIGroup,
    APIGroupList,
    APIResourceList,
  ].map((type) => [type.name, type]),
);

/** The message of a kind that a server answers with beside resources: Status, Scale, discovery, metadata alone. */
export function metaMessage(kind: string): Message | undefined {
  return metaMessages.get(kind);
}
