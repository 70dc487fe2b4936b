import { describe, expect, it } from '@jest/globals';
import { isObject, type Json, type JsonObject } from '@kcp/api-machinery';
import { kcpDefinition, kcpDefinitionName, kcpDefinitions, kcpSystemDefinitions } from './definitions.ts';
import type { KindDefinition } from './kind-definition.ts';

function definitionOf(name: string): KindDefinition {
  const found = kcpDefinitions.find((definition) => kcpDefinitionName(definition) === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function versionOf(name: string, version = 'v1alpha1'): KindDefinition['versions'][number] {
  const found = definitionOf(name).versions.find((candidate) => candidate.name === version);
  if (found === undefined) throw new Error(`no ${version} of ${name}`);
  return found;
}

/** The schema at a path of fields; `[]` are the items of a list. */
function at(schema: JsonObject, path: string): JsonObject {
  let here: Json | undefined = schema;
  for (const step of path.split('.').filter((part) => part !== '')) {
    if (!isObject(here)) throw new Error(`nothing at ${step} of ${path}`);
    here = step === '[]' ? here['items'] : isObject(here['properties']) ? here['properties'][step] : undefined;
  }
  if (!isObject(here)) throw new Error(`nothing at ${path}`);
  return here;
}

const field = (name: string, path: string, version?: string): JsonObject =>
  at(versionOf(name, version).schema.openAPIV3Schema, path);

/** Every schema within a schema. */
function schemasIn(schema: JsonObject): JsonObject[] {
  const { properties, items, additionalProperties } = schema;
  const below = [...(isObject(properties) ? Object.values(properties) : []), items, additionalProperties];
  return [schema, ...below.filter((value): value is JsonObject => isObject(value)).flatMap(schemasIn)];
}

describe('our kinds', () => {
  it('are these', () => {
    expect(kcpDefinitions.map(kcpDefinitionName).sort()).toEqual([
      'apibindings.apis.kcp.io',
      'apiconversions.apis.kcp.io',
      'apiexportendpointslices.apis.kcp.io',
      'apiexports.apis.kcp.io',
      'apiresourceschemas.apis.kcp.io',
      'cachedobjects.cache.kcp.io',
      'clustercachedresourceendpointslices.cache.kcp.io',
      'clustercachedresources.cache.kcp.io',
      'logicalclusterdumps.migration.kcp.io',
      'logicalclustermigrations.migration.kcp.io',
      'logicalclusters.core.kcp.io',
      'partitions.topology.kcp.io',
      'partitionsets.topology.kcp.io',
      'shards.core.kcp.io',
      'workspaceauthenticationconfigurations.tenancy.kcp.io',
      'workspaces.tenancy.kcp.io',
      'workspacetypes.tenancy.kcp.io',
    ]);
  });

  it('are found by group and plural', () => {
    expect(kcpDefinition('tenancy.kcp.io', 'workspaces')?.names.shortNames).toEqual(['ws']);
    expect(kcpDefinition('core.kcp.io', 'workspaces')).toBeUndefined();
  });

  it('are served everywhere where nobody could bind to them', () => {
    expect(kcpSystemDefinitions.map(kcpDefinitionName).sort()).toEqual([
      'apibindings.apis.kcp.io',
      'apiconversions.apis.kcp.io',
      'apiexportendpointslices.apis.kcp.io',
      'apiexports.apis.kcp.io',
      'apiresourceschemas.apis.kcp.io',
      'clustercachedresourceendpointslices.cache.kcp.io',
      'clustercachedresources.cache.kcp.io',
      'logicalclusters.core.kcp.io',
    ]);
  });

  it.each(kcpDefinitions.map((definition) => [kcpDefinitionName(definition), definition] as const))(
    '%s is stored in one version, and describes itself',
    (_name, { versions }) => {
      expect(versions.filter(({ storage }) => storage)).toHaveLength(1);
      for (const { schema } of versions) {
        const nameless = schemasIn(schema.openAPIV3Schema).filter(
          ({ type, properties, description }) => type === 'object' && isObject(properties) && description === undefined,
        );
        // Only metadata with a restricted name goes without a word, as metadata does in every definition.
        expect(nameless.every(({ properties }) => Object.keys(Object(properties)).join() === 'name')).toBe(true);
      }
    },
  );

  it.each(kcpDefinitions.map((definition) => [kcpDefinitionName(definition), definition] as const))(
    '%s requires only fields that it has',
    (_name, { versions }) => {
      for (const schema of versions.flatMap((version) => schemasIn(version.schema.openAPIV3Schema))) {
        const { required = [], properties = {} } = schema;
        expect(Object.keys(Object(properties))).toEqual(expect.arrayContaining([required].flat()));
      }
    },
  );
});

describe('a logical cluster', () => {
  it('is always called cluster', () => {
    expect(field('logicalclusters.core.kcp.io', 'metadata.name')).toEqual({ type: 'string', enum: ['cluster'] });
  });

  it('begins in the phase Scheduling, as does a workspace', () => {
    const phases = ['Scheduling', 'Initializing', 'Ready', 'Unavailable', 'Inactive', 'Terminating', 'Deleting'];
    for (const name of ['logicalclusters.core.kcp.io', 'workspaces.tenancy.kcp.io']) {
      expect(field(name, 'status.phase')).toMatchObject({ default: 'Scheduling', enum: phases });
      expect([field(name, 'spec')['default'], field(name, 'status')['default']]).toEqual([{}, {}]);
    }
  });
});

describe('a workspace', () => {
  it('has a name that fits into a path of the longest kind', () => {
    expect(field('workspaces.tenancy.kcp.io', 'metadata.name')).toEqual({
      type: 'string',
      minLength: 1,
      maxLength: 63,
      pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
    });
  });

  it('never changes what it is', () => {
    const messages = (path: string): unknown =>
      [field('workspaces.tenancy.kcp.io', path)['x-kubernetes-validations'] ?? []]
        .flat()
        .map((rule) => (isObject(rule) ? rule['message'] : rule));
    expect(messages('spec')).toEqual(['URL cannot be unset', 'cluster cannot be unset']);
    expect(messages('spec.cluster')).toEqual(['cluster is immutable']);
    expect(messages('spec.type')).toEqual(['name is immutable', 'path is immutable', 'path is immutable']);
    expect(messages('spec.mount')).toEqual(['mount is immutable']);
    expect(messages('spec.inheritFrom')).toEqual([]);
  });

  it('prints what people ask for', () => {
    const columns = versionOf('workspaces.tenancy.kcp.io').additionalPrinterColumns ?? [];
    expect(columns.map(({ name, jsonPath }) => [name, jsonPath])).toEqual([
      ['Type', '.spec.type.name'],
      ['Region', ".metadata.labels['region']"],
      ['Phase', '.status.phase'],
      ['URL', '.spec.URL'],
      ['Age', '.metadata.creationTimestamp'],
    ]);
  });
});

describe('a type of workspaces', () => {
  it('is not called what means something else where types are named', () => {
    expect(field('workspacetypes.tenancy.kcp.io', 'metadata.name')).toMatchObject({ not: { enum: ['system', 'any'] } });
  });

  it('has children of the type universal where it does not say', () => {
    expect(field('workspacetypes.tenancy.kcp.io', 'spec.defaultChildWorkspaceType')).toMatchObject({
      default: { name: 'universal', path: 'root' },
    });
  });
});

describe('exports and bindings', () => {
  it.each(['apiexports.apis.kcp.io', 'apibindings.apis.kcp.io'])(
    '%s are stored in the later of two versions',
    (name) => {
      const { versions, conversion } = definitionOf(name);
      expect(versions.map(({ name: version, served, storage }) => [version, served, storage])).toEqual([
        ['v1alpha1', true, false],
        ['v1alpha2', true, true],
      ]);
      expect(conversion).toEqual({ strategy: 'None' });
    },
  );

  it('name what they claim once for each identity', () => {
    const keys = (name: string, path: string, version: string): unknown =>
      field(name, path, version)['x-kubernetes-list-map-keys'];
    expect(keys('apiexports.apis.kcp.io', 'spec.permissionClaims', 'v1alpha2')).toEqual(['group', 'resource']);
    expect(keys('apiexports.apis.kcp.io', 'spec.resources', 'v1alpha2')).toEqual(['name', 'group']);
    const byIdentity = ['group', 'resource', 'identityHash'];
    expect(keys('apibindings.apis.kcp.io', 'spec.permissionClaims', 'v1alpha2')).toEqual(byIdentity);
    expect(keys('apibindings.apis.kcp.io', 'status.appliedPermissionClaims', 'v1alpha2')).toEqual(byIdentity);
    expect(keys('apibindings.apis.kcp.io', 'status.exportPermissionClaims', 'v1alpha2')).toBeUndefined();
  });

  it('of the first version select by name', () => {
    expect(Object.keys(Object(field('apibindings.apis.kcp.io', 'spec.permissionClaims.[]')['properties']))).toEqual([
      'all',
      'group',
      'identityHash',
      'resource',
      'resourceSelector',
      'state',
    ]);
  });
});
