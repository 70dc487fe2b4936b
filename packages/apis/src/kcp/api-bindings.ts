import { AGE, column, kindDefinition, kindSchema, version } from './kind-definition.ts';
import {
  acceptedClaimsV1,
  acceptedClaimsV2,
  appliedClaimsV2,
  claimsV1,
  requestedClaimsV2,
} from './permission-claims.ts';
import { type Facts, list, type Schema, strings, struct, text } from './schema.ts';
import { conditions, exportReferenceRules, namedAt } from './shared-shapes.ts';

const boundSchema = struct(
  'The schema that it is served by.',
  {
    UID: text('UID of the APIResourceSchema.', { minLength: 1 }),
    identityHash: text("Hash of the export's identity; it says where objects are stored.", { minLength: 1 }),
    name: text('Name of the APIResourceSchema.', { minLength: 1 }),
  },
  { required: ['UID', 'identityHash', 'name'] },
);

const boundResource = struct(
  'One bound resource.',
  {
    group: text('API group; empty for the core group.'),
    resource: text('Plural name of the resource.'),
    schema: boundSchema,
    storageVersions: list('Versions in which objects were ever stored.', strings, { listType: 'set' }),
  },
  { required: ['group', 'resource', 'schema'] },
);

/** What differs between the versions. */
interface BindingVersion {
  readonly reference: Facts;
  readonly accepted: Schema;
  readonly applied: Schema;
  readonly requested: Schema;
}

function schemaOf({ reference, accepted, applied, requested }: BindingVersion): Schema {
  const spec = struct(
    'What was asked for.',
    {
      permissionClaims: accepted,
      reference: struct(
        'What to bind to.',
        { export: namedAt('APIExport') },
        { ...reference, rules: exportReferenceRules },
      ),
    },
    { required: ['reference'] },
  );
  const status = struct('What there is.', {
    apiExportClusterName: text('Name of the logical cluster that the export is in.'),
    appliedPermissionClaims: applied,
    boundResources: list('What is served because of it.', boundResource, {
      listType: 'map',
      listKeys: ['group', 'resource'],
    }),
    conditions,
    exportPermissionClaims: requested,
    phase: text('Empty before anything is done, Binding, then Bound.', { enum: ['', 'Binding', 'Bound'] }),
  });
  return kindSchema("A provider's APIs, served in this workspace.", { spec, status }, { required: ['spec'] });
}

const columns = [AGE, column('Ready', '.status.conditions[?(@.type=="Ready")].status')];

/** APIBinding: APIs of a provider in a consumer's workspace. */
export const apiBinding = kindDefinition({
  group: 'apis.kcp.io',
  kind: 'APIBinding',
  conversion: { strategy: 'None' },
  versions: [
    version({
      name: 'v1alpha1',
      storage: false,
      columns,
      schema: schemaOf({
        reference: { oneOf: [{ required: ['export'] }] },
        accepted: acceptedClaimsV1,
        applied: claimsV1('Claims that the provider can use.'),
        requested: claimsV1('Claims of the provider as they are now.'),
      }),
    }),
    version({
      name: 'v1alpha2',
      columns,
      schema: schemaOf({
        reference: {},
        accepted: acceptedClaimsV2,
        applied: appliedClaimsV2,
        requested: requestedClaimsV2,
      }),
    }),
  ],
});
