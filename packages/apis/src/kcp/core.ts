import { AGE, column, kindDefinition, kindSchema, metadataWithName, version } from './kind-definition.ts';
import { flag, list, map, type Schema, strings, struct, text } from './schema.ts';
import { conditions, initializers, phase, terminators } from './shared-shapes.ts';

const GROUP = 'core.kcp.io';

/** What every object is called that stands for the logical cluster it is in. */
export const LOGICAL_CLUSTER_NAME = 'cluster';

const createdBy = struct('Who asked for this logical cluster.', {
  extra: map('What else sign-in found out.', list('Values.', strings)),
  groups: list('Groups of the user.', strings),
  uid: text('UID of the user.'),
  username: text('Name of the user.'),
});

const owner = struct(
  'The object that this logical cluster lives and dies with.',
  {
    apiVersion: text('Group and version of the owner.', { pattern: '^([^/]+/)?[^/]+$' }),
    cluster: text('Logical cluster of the owner.', { minLength: 1 }),
    name: text('Name of the owner.', { minLength: 1 }),
    namespace: text('Namespace of the owner, where it has one.'),
    resource: text('Plural name of the kind of owner.', { minLength: 1 }),
    uid: text('UID of the owner.'),
  },
  { required: ['apiVersion', 'cluster', 'name', 'resource', 'uid'] },
);

const logicalClusterSchema = kindSchema(
  'The logical cluster that it is in: who may enter, and how far its life has come.',
  {
    metadata: metadataWithName({ type: 'string', enum: [LOGICAL_CLUSTER_NAME] }),
    spec: struct(
      'What was asked for.',
      {
        createdBy,
        directlyDeletable: flag('Whether a user may delete it from within.', { default: false }),
        initializers: initializers('What must be done before it is ready.'),
        owner,
        terminators: terminators('What must be done before it goes away.'),
      },
      { default: {} },
    ),
    status: struct(
      'What there is.',
      {
        URL: text('Where it is served.'),
        conditions,
        initializers: initializers('What is left to do before it is ready.'),
        phase,
        terminators: terminators('What is left to do before it goes away.'),
      },
      { default: {} },
    ),
  },
);

/** LogicalCluster: the object `cluster` in every logical cluster. */
export const logicalCluster = kindDefinition({
  group: GROUP,
  kind: 'LogicalCluster',
  versions: [
    version({
      name: 'v1alpha1',
      schema: logicalClusterSchema,
      columns: [
        column('Phase', '.status.phase', 'How far its life has come: Scheduling, Initializing, Ready or later'),
        column('URL', '.status.URL', 'Where the logical cluster is served'),
        AGE,
      ],
    }),
  ],
});

function url(description: string): Schema {
  return text(description, { format: 'uri', minLength: 1 });
}

/** A quantity as a schema knows it. */
const quantity: Schema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  pattern:
    '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
  'x-kubernetes-int-or-string': true,
};

const shardSchema = kindSchema('A server that logical clusters live on.', {
  spec: struct(
    'What was asked for.',
    {
      baseURL: url('Where other servers reach it.'),
      externalURL: url('Where users reach it; part of the URLs of its workspaces.'),
      virtualWorkspaceURL: url('Where its virtual workspaces are served.'),
    },
    { required: ['baseURL'] },
  ),
  status: struct('What there is.', {
    capacity: map('How much of what it has room for.', quantity),
    conditions,
  }),
});

/** Shard: a server of the installation. */
export const shard = kindDefinition({
  group: GROUP,
  kind: 'Shard',
  versions: [
    version({
      name: 'v1alpha1',
      schema: shardSchema,
      columns: [
        column('Region', ".metadata.labels['region']", 'Where the shard is'),
        column('URL', '.spec.baseURL', 'Where other servers reach the shard'),
        column('External URL', '.spec.externalURL', 'Where users reach the shard'),
        AGE,
      ],
    }),
  ],
});
