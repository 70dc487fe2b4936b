import { atomicStruct, list, listMap, listSet, map, struct } from '../table.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** The definition that times have in OpenAPI. */
export const TIME_DEFINITION = `${META}.Time`;
/** The definition that times with microseconds have in OpenAPI. */
export const MICRO_TIME_DEFINITION = `${META}.MicroTime`;
/** The definition that quantities have in OpenAPI. */
export const QUANTITY_DEFINITION = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
/** The definition that embedded objects have in OpenAPI. */
export const RAW_EXTENSION_DEFINITION = 'io.k8s.apimachinery.pkg.runtime.RawExtension';
/** The definition that free JSON in metadata.managedFields has in OpenAPI. */
export const FIELDS_V1_DEFINITION = `${META}.FieldsV1`;

export const OwnerReference = atomicStruct(
  `${META}.OwnerReference`,
  'Names an object that owns this one; it lives in the same namespace or in none.',
  () => ({
    apiVersion: [5, 'string', 'required', 'API version of the owner.'],
    kind: [1, 'string', 'required', 'Kind of the owner.'],
    name: [3, 'string', 'required', 'Name of the owner.'],
    uid: [4, 'string', 'required', 'UID of the owner.'],
    controller: [6, 'bool', 'pointer', 'True for the one owner that manages this object.'],
    blockOwnerDeletion: [7, 'bool', 'pointer', 'True where a foreground deletion of the owner waits for this object.'],
  }),
);

export const ManagedFieldsEntry = struct(`${META}.ManagedFieldsEntry`, 'Which fields a manager set, and how.', () => ({
  manager: [1, 'string', 'filled', 'Who set the fields.'],
  operation: [2, 'string', 'filled', 'How they were set: Apply or Update.'],
  apiVersion: [3, 'string', 'filled', 'Version in which the field paths are written.'],
  time: [4, 'time', 'pointer', 'When the entry last changed.'],
  fieldsType: [6, 'string', 'filled', 'Format of the paths; FieldsV1 is the only one.'],
  fieldsV1: [7, 'json', 'pointer', 'The paths, as a tree.'],
  subresource: [8, 'string', 'filled', 'Sub-resource through which they were set; empty for the object itself.'],
}));

export const ObjectMeta = struct(
  `${META}.ObjectMeta`,
  'What all stored objects have: name, identity, labels, life.',
  () => ({
    name: [1, 'string', 'filled', 'Name, unique among the objects of this kind in the namespace. Cannot be changed.'],
    generateName: [2, 'string', 'filled', 'Prefix from which the server makes a name where none is given.'],
    namespace: [
      3,
      'string',
      'filled',
      'Namespace in which the name is unique; empty for cluster-scoped objects. Cannot be changed.',
    ],
    selfLink: [4, 'string', 'filled', 'Not set any more.'],
    uid: [5, 'string', 'filled', 'Identity of this object in time and space, given by the server.'],
    resourceVersion: [
      6,
      'string',
      'filled',
      'Version of the stored object; an update that bears an old one is refused.',
    ],
    generation: [7, 'int64', 'filled', 'Counts the changes of what is wanted.'],
    creationTimestamp: [8, 'time', 'filled', 'When the object was created, by the clock of the server.'],
    deletionTimestamp: [9, 'time', 'pointer', 'When the object goes away; set by a delete that has to wait.'],
    deletionGracePeriodSeconds: [10, 'int64', 'pointer', 'Seconds between the delete and deletionTimestamp.'],
    labels: [11, map('string'), 'filled', 'Keys and values by which objects are selected.'],
    annotations: [12, map('string'), 'filled', 'Keys and values that tools attach; not for selecting.'],
    ownerReferences: [
      13,
      listMap(OwnerReference, 'uid'),
      'filled',
      'Objects that own this one; when all are gone it is collected.',
    ],
    finalizers: [14, listSet('string', true), 'filled', 'Must be empty before a deleted object goes away.'],
    managedFields: [17, list(ManagedFieldsEntry), 'pointer', 'Which manager set which field.'],
  }),
);

export const ListMeta = struct(`${META}.ListMeta`, 'What all lists have.', () => ({
  selfLink: [1, 'string', 'filled', 'Not set any more.'],
  resourceVersion: [2, 'string', 'filled', 'Version as of which the list was read.'],
  continue: [3, 'string', 'filled', 'Token for the next page; empty at the end.'],
  remainingItemCount: [4, 'int64', 'pointer', 'How many items follow this page, where that is known.'],
}));

export const StatusCause = struct(`${META}.StatusCause`, 'One of the reasons of a failure.', () => ({
  reason: [1, 'string', 'filled', 'Machine-readable reason.'],
  message: [2, 'string', 'filled', 'The same for humans.'],
  field: [3, 'string', 'filled', 'Path of the field that caused it.'],
}));

export const StatusDetails = struct(`${META}.StatusDetails`, 'What a Status is about.', () => ({
  name: [1, 'string', 'filled', 'Name of the object.'],
  group: [2, 'string', 'filled', 'Its group.'],
  kind: [3, 'string', 'filled', 'Its kind or resource.'],
  uid: [6, 'string', 'filled', 'Its UID.'],
  causes: [4, list(StatusCause), 'filled', 'Further reasons.'],
  retryAfterSeconds: [5, 'int32', 'filled', 'Seconds to wait before trying again.'],
}));

export const Status = struct(`${META}.Status`, 'The answer of a call that returns no object.', () => ({
  metadata: [1, ListMeta, 'always', 'Standard list metadata.'],
  status: [2, 'string', 'filled', 'Success or Failure.'],
  message: [3, 'string', 'filled', 'What happened, for humans.'],
  reason: [4, 'string', 'filled', 'Why, for machines.'],
  details: [5, StatusDetails, 'pointer', 'What it is about.'],
  code: [6, 'int32', 'filled', 'HTTP code.'],
}));

export const Preconditions = struct(`${META}.Preconditions`, 'What must hold before a deletion.', () => ({
  uid: [1, 'string', 'pointer', 'The UID that is expected.'],
  resourceVersion: [2, 'string', 'pointer', 'The resourceVersion that is expected.'],
}));

export const DeleteOptions = struct(`${META}.DeleteOptions`, 'How to delete.', () => ({
  gracePeriodSeconds: [1, 'int64', 'pointer', 'Seconds before the object goes away.'],
  preconditions: [2, Preconditions, 'pointer', 'Refuse unless they hold.'],
  orphanDependents: [3, 'bool', 'pointer', 'Old form of propagationPolicy.'],
  propagationPolicy: [4, 'string', 'pointer', 'Orphan, Background or Foreground.'],
  dryRun: [5, list('string'), 'filled', 'All: change nothing.'],
  ignoreStoreReadErrorWithClusterBreakingPotential: [
    6,
    'bool',
    'pointer',
    'Delete although the stored object cannot be read.',
  ],
}));

export const WatchEvent = struct(`${META}.WatchEvent`, 'One event of a watch.', () => ({
  type: [1, 'string', 'required', 'ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.'],
  object: [2, 'object', 'required', 'The object after the event, or a Status.'],
}));

export const LabelSelectorRequirement = struct(
  `${META}.LabelSelectorRequirement`,
  'A key, an operator and values.',
  () => ({
    key: [1, 'string', 'required', 'Label key.'],
    operator: [2, 'string', 'required', 'In, NotIn, Exists or DoesNotExist.'],
    values: [3, list('string'), 'filled', 'Values for In and NotIn; empty for the others.'],
  }),
);

export const FieldSelectorRequirement = struct(
  `${META}.FieldSelectorRequirement`,
  'A field, an operator and values.',
  () => ({
    key: [1, 'string', 'required', 'Field path.'],
    operator: [2, 'string', 'required', 'In, NotIn, Exists or DoesNotExist.'],
    values: [3, list('string'), 'filled', 'Values for In and NotIn; empty for the others.'],
  }),
);

export const LabelSelector = atomicStruct(
  `${META}.LabelSelector`,
  'Selects by labels; an empty one selects everything.',
  () => ({
    matchLabels: [1, map('string'), 'filled', 'Labels that must be equal.'],
    matchExpressions: [2, list(LabelSelectorRequirement), 'filled', 'Requirements that must all hold.'],
  }),
);

export const Condition = struct(`${META}.Condition`, 'One aspect of the state of an object.', () => ({
  type: [1, 'string', 'required', 'Which aspect.'],
  status: [2, 'string', 'required', 'True, False or Unknown.'],
  observedGeneration: [3, 'int64', 'filled', 'Generation of the object that was looked at.'],
  lastTransitionTime: [4, 'time', 'required', 'When the status last changed.'],
  reason: [5, 'string', 'required', 'Why, in one word.'],
  message: [6, 'string', 'required', 'Why, for humans.'],
}));
