import { column, kindDefinition, kindSchema, version } from './kind-definition.ts';
import { integer, list, struct, text } from './schema.ts';
import { conditions } from './shared-shapes.ts';

const GROUP = 'migration.kcp.io';

const entry = struct(
  'One row.',
  {
    key: text("Its key, without the shard's own prefix."),
    value: text('Its value, as base64.', { format: 'byte' }),
  },
  { required: ['key', 'value'] },
);

/** LogicalClusterDump: a page of what a logical cluster consists of; it is asked for and never stored. */
export const logicalClusterDump = kindDefinition({
  group: GROUP,
  kind: 'LogicalClusterDump',
  scope: 'Namespaced',
  categories: [],
  versions: [
    version({
      name: 'v1alpha1',
      subresources: 'absent',
      schema: kindSchema('A page of what a logical cluster consists of.', {
        spec: struct('Which page.', {
          continue: text('Where the page before ended; absent for the first.'),
          limit: integer('How many rows at most; 0 leaves it to the server.', { format: 'int64' }),
          maxBytes: integer('How many bytes of values at most; 0 leaves it to the server.', { format: 'int64' }),
        }),
        status: struct('The page.', {
          continue: text('What to ask the next page with; absent in the last.'),
          entries: list('The rows.', entry),
        }),
      }),
    }),
  ],
});

const spec = struct(
  'What was asked for.',
  {
    destinationShard: text('Name of the shard that it moves to.', { minLength: 1 }),
    logicalCluster: text('Name of the logical cluster that moves.', { minLength: 1 }),
  },
  { required: ['destinationShard', 'logicalCluster'] },
);

const status = struct('What there is.', {
  conditions,
  dumpContinue: text('With what the next page is asked for.'),
  entriesCopied: integer('How many rows are copied.', { format: 'int64' }),
  originShard: text('Name of the shard that it moves from.'),
  phase: text('How far the move has come.', {
    default: 'Preparing',
    enum: ['Preparing', 'Migrating', 'OriginCleanup', 'DestinationFinalize', 'Completed', 'Failed'],
  }),
});

/** LogicalClusterMigration: that a logical cluster moves to another shard. */
export const logicalClusterMigration = kindDefinition({
  group: GROUP,
  kind: 'LogicalClusterMigration',
  versions: [
    version({
      name: 'v1alpha1',
      schema: kindSchema('That a logical cluster moves to another shard.', { spec, status }),
      columns: [
        column('Logical Cluster', '.spec.logicalCluster', 'Which logical cluster moves'),
        column('Phase', '.status.phase', 'How far the move has come'),
        column('Destination', '.spec.destinationShard', 'Which shard it moves to'),
        {
          ...column('Entries Copied', '.status.entriesCopied', 'How many rows are copied'),
          type: 'integer',
        },
      ],
    }),
  ],
});
