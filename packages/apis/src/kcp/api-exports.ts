import { AGE, column, kindDefinition, kindSchema, version } from './kind-definition.ts';
import { anyObject, list, rule, type Schema, strings, struct, text } from './schema.ts';
import { exportClaimsV1, exportClaimsV2 } from './permission-claims.ts';
import { conditions, endpointsStatus, exportReferenceRules, identity, namedAt, nameOf } from './shared-shapes.ts';

const GROUP = 'apis.kcp.io';

const maximalPermissionPolicy = struct(
  'What bounds consumers in the exported APIs, beside their own roles.',
  { local: anyObject("The roles of the export's workspace for users with the prefix `apis.kcp.io:binding:`.") },
  { oneOf: [{ required: ['local'] }] },
);

const status = struct('What there is.', {
  conditions,
  identityHash: text('Hash of the key of the identity.'),
  virtualWorkspaces: list(
    'Where the provider sees the objects of all consumers; APIExportEndpointSlice has it now.',
    struct('One URL.', { url: text('The URL.', { minLength: 1 }) }, { required: ['url'] }),
  ),
});

const virtualStorage = struct(
  'That objects come from somewhere else, and are only read.',
  {
    identityHash: text('Hash of the identity of what is shown.'),
    reference: struct(
      'The object whose status says where they come from.',
      {
        apiGroup: text('API group of the object; empty for the core group.'),
        kind: text('Kind of the object.'),
        name: text('Name of the object.'),
      },
      { required: ['kind', 'name'], mapType: 'atomic' },
    ),
  },
  { required: ['identityHash', 'reference'] },
);

const storage = struct(
  'Where the objects of consumers are.',
  { crd: anyObject('In the workspaces of consumers.'), virtual: virtualStorage },
  {
    default: { crd: {} },
    oneOf: [{ required: ['crd'] }, { required: ['virtual'] }],
    rules: [rule('has(self.crd) != has(self.virtual)', 'Exactly one of crd or virtual must be set')],
  },
);

const resource = struct(
  'One exported resource.',
  {
    group: text('API group; empty for the core group.'),
    name: text('Plural name of the resource.'),
    schema: text('Name of the APIResourceSchema: prefix, plural name and group with dots between.'),
    storage,
  },
  { required: ['group', 'name', 'schema'] },
);

function schemaOf(fields: Readonly<Record<string, Schema>>): Schema {
  return kindSchema('APIs that others may bind to.', { spec: struct('What was asked for.', fields), status });
}

/** APIExport: APIs that a provider offers. */
export const apiExport = kindDefinition({
  group: GROUP,
  kind: 'APIExport',
  conversion: { strategy: 'None' },
  versions: [
    version({
      name: 'v1alpha1',
      storage: false,
      schema: schemaOf({
        identity,
        latestResourceSchemas: list('Names of the APIResourceSchemas that are exported.', strings, { listType: 'set' }),
        maximalPermissionPolicy,
        permissionClaims: exportClaimsV1,
      }),
      columns: [AGE, column('Ready', '.status.conditions[?(@.type=="VirtualWorkspaceURLsReady")].status')],
    }),
    version({
      name: 'v1alpha2',
      schema: schemaOf({
        identity,
        maximalPermissionPolicy,
        permissionClaims: exportClaimsV2,
        resources: list('What is exported.', resource, { listType: 'map', listKeys: ['name', 'group'] }),
      }),
      columns: [AGE],
    }),
  ],
});

/** APIExportEndpointSlice: where an export's virtual workspace is served. */
export const apiExportEndpointSlice = kindDefinition({
  group: GROUP,
  kind: 'APIExportEndpointSlice',
  versions: [
    version({
      name: 'v1alpha1',
      schema: kindSchema("Where an export's virtual workspace is served.", {
        spec: struct(
          'What was asked for.',
          {
            export: namedAt('APIExport', exportReferenceRules),
            partition: nameOf('Partition whose shards are listed'),
          },
          { required: ['export'] },
        ),
        status: endpointsStatus,
      }),
      columns: [column('Export', '.spec.export.name'), column('Partition', '.spec.partition'), AGE],
    }),
  ],
});
