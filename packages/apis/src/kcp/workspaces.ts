import { AGE, column, kindDefinition, kindSchema, metadataWithName, version } from './kind-definition.ts';
import { rule, struct, text, unchanged } from './schema.ts';
import {
  conditions,
  initializers,
  labelSelector,
  phase,
  terminators,
  workspaceName,
  workspaceTypeReference,
} from './shared-shapes.ts';

const location = struct('Where the workspace may be put; anywhere where nothing is said.', {
  selector: labelSelector('Labels of the shards that are fit.'),
});

/** Presence is all that these look at: the mount as a whole may not change anyway. */
const stays = (field: string) => rule(`has(oldSelf.${field}) == has(self.${field})`, `${field} is immutable`);

const mount = struct(
  'What serves this workspace instead of a logical cluster.',
  {
    ref: struct(
      'The object that says where requests go.',
      {
        apiVersion: text('Group and version of the object.'),
        kind: text('Kind of the object.'),
        name: text('Name of the object.'),
        namespace: text('Namespace of the object, where it has one.'),
      },
      { required: ['apiVersion', 'kind', 'name'], rules: [stays('apiVersion'), stays('kind'), stays('name')] },
    ),
  },
  { required: ['ref'], rules: [unchanged('mount is immutable')] },
);

const type = workspaceTypeReference('What kind of workspace it is; the default of the parent where nothing is said.', {
  rules: [
    rule('self.name == oldSelf.name', 'name is immutable'),
    stays('path'),
    rule('!has(oldSelf.path) || !has(self.path) || self.path == oldSelf.path', 'path is immutable'),
  ],
});

const spec = struct(
  'What was asked for.',
  {
    URL: text('Where the workspace is served; set by the server.'),
    cluster: text('Name of the logical cluster behind it; set by the server.', {
      rules: [unchanged('cluster is immutable')],
    }),
    inheritFrom: text(
      'Path of a workspace whose custom resources are served in this one too, with objects of its own.',
    ),
    location,
    mount,
    type,
  },
  {
    default: {},
    rules: [
      rule('!has(oldSelf.URL) || has(self.URL)', 'URL cannot be unset'),
      rule('!has(oldSelf.cluster) || has(self.cluster)', 'cluster cannot be unset'),
    ],
  },
);

const schema = kindSchema(
  'A place to work in that looks like a cluster of its own.',
  {
    metadata: metadataWithName({ type: 'string', ...workspaceName }),
    spec,
    status: struct(
      'What there is.',
      {
        conditions,
        initializers: initializers('What is left to do before it is ready.'),
        phase,
        terminators: terminators('What is left to do before it goes away.'),
      },
      { default: {} },
    ),
  },
  { required: ['spec'] },
);

/** Workspace: a child of the logical cluster that it is in. `spec.inheritFrom` is ours. */
export const workspace = kindDefinition({
  group: 'tenancy.kcp.io',
  kind: 'Workspace',
  shortNames: ['ws'],
  versions: [
    version({
      name: 'v1alpha1',
      schema,
      columns: [
        column('Type', '.spec.type.name', 'What kind of workspace it is'),
        column('Region', ".metadata.labels['region']", 'Where the workspace is'),
        column('Phase', '.status.phase', 'How far its life has come: Scheduling, Initializing, Ready or later'),
        column('URL', '.spec.URL', 'Where the workspace is served'),
        AGE,
      ],
    }),
  ],
});
