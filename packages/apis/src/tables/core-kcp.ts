import { list, listMap, map, struct } from '../table.ts';
import { ObjectMeta } from './meta.ts';

const V1ALPHA1 = 'io.kcp.core.v1alpha1';

const Owner = struct(`${V1ALPHA1}.LogicalClusterOwner`, 'The object that this logical cluster belongs to.', () => ({
  apiVersion: [1, 'string', 'required', 'Its API version.'],
  resource: [2, 'string', 'required', 'Its resource.'],
  name: [3, 'string', 'required', 'Its name.'],
  namespace: [4, 'string', 'filled', 'Its namespace.'],
  cluster: [5, 'string', 'required', 'The logical cluster it is in.'],
  uid: [6, 'string', 'required', 'Its UID.'],
}));

const CreatedBy = struct(`${V1ALPHA1}.LogicalClusterCreator`, 'Who asked for this logical cluster.', () => ({
  username: [1, 'string', 'filled', 'Name.'],
  uid: [2, 'string', 'filled', 'UID.'],
  groups: [3, list('string'), 'filled', 'Groups.'],
  extra: [4, map(list('string')), 'filled', 'What else is known.'],
}));

const Condition = struct(`${V1ALPHA1}.Condition`, 'One aspect of the state.', () => ({
  type: [1, 'string', 'required', 'Which aspect.'],
  status: [2, 'string', 'required', 'True, False or Unknown.'],
  severity: [3, 'string', 'filled', 'Error, Warning or Info where the status is False.'],
  lastTransitionTime: [4, 'time', 'required', 'When the status last changed.'],
  reason: [5, 'string', 'filled', 'Why, in one word.'],
  message: [6, 'string', 'filled', 'Why, for humans.'],
}));

const LogicalClusterSpec = struct(`${V1ALPHA1}.LogicalClusterSpec`, 'What was asked for.', () => ({
  directlyDeletable: [1, 'bool', 'filled', 'Whether it may be deleted other than through its owner.'],
  owner: [2, Owner, 'pointer', 'The object that it belongs to.'],
  createdBy: [3, CreatedBy, 'pointer', 'Who asked for it.'],
  initializers: [4, list('string'), 'filled', 'What must be done before it is ready.'],
  terminators: [5, list('string'), 'filled', 'What must be done before it goes away.'],
}));

const LogicalClusterStatus = struct(`${V1ALPHA1}.LogicalClusterStatus`, 'What there is.', () => ({
  URL: [1, 'string', 'filled', 'Where it is served.'],
  phase: [2, 'string', 'filled', 'Scheduling, Initializing, Ready, Unavailable, Inactive, Terminating or Deleting.'],
  conditions: [3, listMap(Condition, 'type', false), 'filled', 'Aspects of its state.'],
  initializers: [4, list('string'), 'filled', 'What is still to be done before it is ready.'],
  terminators: [5, list('string'), 'filled', 'What is still to be done before it goes away.'],
}));

/** core.kcp.io/v1alpha1 LogicalCluster: the object `cluster` that says that a logical cluster exists. */
export const LogicalCluster = struct(`${V1ALPHA1}.LogicalCluster`, 'The logical cluster that it is in.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata; the name is cluster.'],
  spec: [2, LogicalClusterSpec, 'always', 'What was asked for.'],
  status: [3, LogicalClusterStatus, 'always', 'What there is.'],
}));
