import { AGE, column, kindDefinition, kindSchema, version } from './kind-definition.ts';
import { anyObject, integer, struct, text, unchanged } from './schema.ts';
import {
  conditions,
  endpointsStatus,
  exportReferenceRules,
  identity,
  labelSelector,
  namedAt,
  nameOf,
  resourceFields,
} from './shared-shapes.ts';

const GROUP = 'cache.kcp.io';

/** CachedObject: a copy of an object of another shard. */
export const cachedObject = kindDefinition({
  group: GROUP,
  kind: 'CachedObject',
  versions: [
    version({
      name: 'v1alpha1',
      schema: kindSchema(
        'A copy of an object of another shard.',
        {
          spec: struct(
            'What is copied.',
            { raw: anyObject('The object.', { preserveUnknownFields: true }) },
            { required: ['raw'] },
          ),
        },
        { required: ['spec'] },
      ),
      columns: [AGE],
    }),
  ],
});

const { group, resource } = resourceFields;

const cachedSpec = struct(
  'What was asked for.',
  {
    group,
    identity,
    labelSelector: labelSelector('Labels of the objects that are published.'),
    resource,
    version: text('Version of the resource.'),
  },
  { required: ['resource'] },
);

const cachedStatus = struct('What there is.', {
  conditions,
  identityHash: text('Hash of the key of the identity.'),
  phase: text('How far publishing has come.', {
    default: 'Initializing',
    enum: ['Scheduling', 'Initializing', 'Ready', 'Deleting', 'Deleted'],
  }),
  resourceCounts: struct(
    'How many objects there are.',
    { cache: integer('Copies.'), local: integer('Originals.') },
    { required: ['cache', 'local'] },
  ),
});

/** ClusterCachedResource: objects of this workspace that all shards can read. */
export const clusterCachedResource = kindDefinition({
  group: GROUP,
  kind: 'ClusterCachedResource',
  versions: [
    version({
      name: 'v1alpha1',
      schema: kindSchema(
        'Objects of this workspace that all shards can read.',
        { spec: cachedSpec, status: cachedStatus },
        { required: ['spec'] },
      ),
      columns: [column('Resource', '.spec.resource', 'What is published'), AGE],
    }),
  ],
});

/** ClusterCachedResourceEndpointSlice: where published objects are served. */
export const clusterCachedResourceEndpointSlice = kindDefinition({
  group: GROUP,
  kind: 'ClusterCachedResourceEndpointSlice',
  versions: [
    version({
      name: 'v1alpha1',
      schema: kindSchema('Where published objects are served.', {
        spec: struct(
          'What was asked for.',
          {
            clusterCachedResource: namedAt('ClusterCachedResource', [
              unchanged('ClusterCachedResource reference must not be changed'),
            ]),
            export: namedAt('APIExport', exportReferenceRules),
            partition: nameOf('Partition whose shards are listed'),
          },
          { required: ['clusterCachedResource', 'export'] },
        ),
        status: endpointsStatus,
      }),
      columns: [column('ClusterCachedResource', '.spec.clusterCachedResource.name'), AGE],
    }),
  ],
});
