import { describe, expect, it } from '@jest/globals';
import { isArray, isObject, type Json, type KubeObject } from '@kcp/api-machinery';
import { kcpDefinition } from './definitions.ts';
import { apiResourceSchemaOf } from './root-content-apis.ts';
import {
  identitiesNamespace,
  identitySecret,
  rootApis,
  rootContent,
  shardContent,
  universalContent,
} from './root-content.ts';

const homeCreatorGroups = ['system:authenticated'];

function contentWith(...batteries: string[]): readonly KubeObject[] {
  return rootContent({ batteries: new Set(batteries), homeCreatorGroups });
}

function namesOf(objects: readonly KubeObject[], kind: string): string[] {
  return objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name ?? '');
}

function field(object: KubeObject | undefined, ...path: string[]): Json | undefined {
  let here: unknown = object;
  for (const step of path) here = isObject(here) ? here[step] : undefined;
  return here as Json | undefined;
}

function itemsOf(object: KubeObject | undefined, ...path: string[]): readonly Json[] {
  const value = field(object, ...path);
  return isArray(value) ? value : [];
}

const everything = contentWith('workspace-types', 'metrics-viewer');

describe('the schemas of our kinds', () => {
  const workspaces = kcpDefinition('tenancy.kcp.io', 'workspaces');
  if (workspaces === undefined) throw new Error('no workspaces');

  it('are named after what is in them', () => {
    const { metadata } = apiResourceSchemaOf(workspaces);
    expect(metadata.name).toMatch(/^v261123-[0-9a-f]{8}\.workspaces\.tenancy\.kcp\.io$/);
    expect(apiResourceSchemaOf({ ...workspaces }).metadata.name).toBe(metadata.name);
    expect(apiResourceSchemaOf({ ...workspaces, scope: 'Namespaced' }).metadata.name).not.toBe(metadata.name);
  });

  it('have the schema of each version without the name that definitions have around it', () => {
    const [version] = itemsOf(apiResourceSchemaOf(workspaces), 'spec', 'versions');
    expect(version).toMatchObject({
      name: 'v1alpha1',
      served: true,
      storage: true,
      subresources: { status: {} },
      schema: workspaces.versions[0]?.schema.openAPIV3Schema,
    });
  });

  it('say that there are no sub-resources where the definition says nothing: the field is required', () => {
    const dumps = kcpDefinition('migration.kcp.io', 'logicalclusterdumps');
    expect(dumps && itemsOf(apiResourceSchemaOf(dumps), 'spec', 'versions')).toMatchObject([{ subresources: {} }]);
  });
});

describe('root, before anything', () => {
  const apis = rootApis();

  it('exports our kinds, by schemas that are there', () => {
    expect(namesOf(apis, 'APIExport')).toEqual([
      'cache.kcp.io',
      'migration.kcp.io',
      'shards.core.kcp.io',
      'tenancy.kcp.io',
      'topology.kcp.io',
    ]);
    const schemas = new Set<unknown>(namesOf(apis, 'APIResourceSchema'));
    const resources = apis.flatMap((object) => itemsOf(object, 'spec', 'resources'));
    expect(resources).toHaveLength(10);
    for (const resource of resources) {
      expect(isObject(resource) && schemas.has(resource['schema'])).toBe(true);
      expect(resource).toMatchObject({ storage: { crd: {} } });
    }
  });

  it('bounds consumers of workspaces only', () => {
    const bounded = apis.filter((object) => field(object, 'spec', 'maximalPermissionPolicy') !== undefined);
    expect(bounded.map(({ metadata }) => metadata.name)).toEqual(['tenancy.kcp.io']);
    expect(field(bounded[0], 'spec', 'maximalPermissionPolicy')).toEqual({ local: {} });
  });

  it('is bound to what it needs itself, after that is there', () => {
    expect(namesOf(apis, 'APIBinding')).toEqual(['shards.core.kcp.io', 'tenancy.kcp.io', 'topology.kcp.io']);
    const kinds = [...new Set(apis.map(({ kind }) => kind))];
    expect(kinds).toEqual(['LogicalCluster', 'APIResourceSchema', 'APIExport', 'APIBinding']);
  });

  it('is of the type root and belongs to who makes it', () => {
    expect(apis[0]?.metadata).toEqual({
      name: 'cluster',
      annotations: {
        'internal.tenancy.kcp.io/type': 'root:root',
        'experimental.tenancy.kcp.io/owner': '{"username":"system:kcp-bootstrapper"}',
      },
    });
  });
});

describe('the types of workspaces', () => {
  it('are three, and two more where they are wanted', () => {
    expect(namesOf(contentWith(), 'WorkspaceType')).toEqual(['universal', 'root', 'home']);
    expect(namesOf(everything, 'WorkspaceType')).toEqual(['universal', 'root', 'home', 'organization', 'team']);
  });

  it('make organizations below root where there are such', () => {
    const childrenOf = (objects: readonly KubeObject[]): unknown => {
      const root = objects.find(({ kind, metadata }) => kind === 'WorkspaceType' && metadata.name === 'root');
      return field(root, 'spec', 'defaultChildWorkspaceType');
    };
    expect(childrenOf(everything)).toEqual({ name: 'organization', path: 'root' });
    expect(childrenOf(contentWith())).toBeUndefined();
  });

  it('all extend universal, which binds workspaces to our kinds', () => {
    const [universal, ...others] = everything.filter(({ kind }) => kind === 'WorkspaceType');
    expect(universal?.['spec']).toEqual({
      initializer: true,
      defaultAPIBindings: [
        { path: 'root', export: 'tenancy.kcp.io' },
        { path: 'root', export: 'topology.kcp.io' },
      ],
    });
    for (const type of others) {
      expect(field(type, 'spec', 'extend')).toEqual({ with: [{ name: 'universal', path: 'root' }] });
    }
  });
});

describe('who may do what in root', () => {
  it('is bound to roles that are in root, but for those that every logical cluster has', () => {
    const roles = new Set<unknown>(namesOf(everything, 'ClusterRole'));
    const bound = everything
      .filter(({ kind }) => kind === 'ClusterRoleBinding')
      .map((binding) => field(binding, 'roleRef', 'name'));
    expect(bound.filter((name) => !roles.has(name))).toEqual([
      'system:kcp:workspace:access',
      'system:kcp:tenancy:reader',
    ]);
  });

  it('lets consumers change workspaces, but not their status', () => {
    const name = 'system:kcp:apiexport:tenancy:maximal-permission-policy';
    const role = everything.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name);
    expect(role?.['rules']).toEqual([
      {
        apiGroups: ['tenancy.kcp.io'],
        resources: ['workspaces', 'workspaceauthenticationconfigurations', 'workspacetypes'],
        verbs: ['*'],
      },
      {
        apiGroups: ['tenancy.kcp.io'],
        resources: ['workspaces/status', 'workspacetypes/status'],
        verbs: ['list', 'watch', 'get'],
      },
    ]);
    const binding = everything.find((object) => field(object, 'roleRef', 'name') === name);
    expect(binding?.['subjects']).toMatchObject([{ kind: 'Group', name: 'apis.kcp.io:binding:system:authenticated' }]);
  });

  it('gives homes to the groups that are named, to nobody where none is', () => {
    const subjects = (groups: readonly string[]): unknown =>
      rootContent({ batteries: new Set(), homeCreatorGroups: groups }).find(
        ({ metadata }) => metadata.name === 'system:kcp:configured-group:home-clusterworkspace-create',
      )?.['subjects'];
    expect(subjects(['a', 'b'])).toMatchObject([{ name: 'a' }, { name: 'b' }]);
    expect(subjects([])).toEqual([]);
  });

  it('lets someone see metrics where that is wanted only', () => {
    expect(contentWith('workspace-types').filter(({ metadata }) => metadata.name?.startsWith('metrics'))).toEqual([]);
    const viewer = everything.filter(({ metadata }) => metadata.name?.startsWith('metrics'));
    expect(viewer.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ServiceAccount', 'ClusterRoleBinding', 'Secret']);
  });
});

describe('other logical clusters', () => {
  it('have namespaces, which nobody changes back', () => {
    expect(namesOf(universalContent, 'Namespace')).toEqual(['default', 'kube-system']);
    for (const { metadata } of universalContent) {
      expect(metadata.annotations).toEqual({ 'bootstrap.kcp.io/create-only': 'true' });
    }
  });

  it('of shards are bound to all exports of root', () => {
    expect(namesOf(shardContent, 'APIBinding').sort()).toEqual(namesOf(rootApis(), 'APIExport'));
    expect(namesOf(shardContent, 'LogicalCluster')).toEqual(['cluster']);
  });

  it('of identities keep keys where exports look for them', () => {
    expect(identitySecret('tenancy.kcp.io', 'k')).toMatchObject({
      metadata: { name: 'tenancy.kcp.io', namespace: identitiesNamespace.metadata.name },
      stringData: { key: 'k' },
    });
  });
});
