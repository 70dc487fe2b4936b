import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { kcpDefinition, rootApis, rootContent, shardContent } from '@kcp/apis';
import { createdBy, createErrors, kcpKind, updateErrors } from '../testing/kcp-kind.ts';
import { context } from '../testing/example-definition.ts';

const workspaces = kcpKind('tenancy.kcp.io', 'workspaces');

function workspace(content: JsonObject = {}, name = 'team-a'): KubeObject {
  return { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace', metadata: { name }, ...content };
}

describe('a workspace', () => {
  it('begins in the phase Scheduling, with a spec that nobody wrote', async () => {
    const object = createdBy(workspaces, workspace());
    expect(object).toEqual({
      ...workspace({ spec: {}, status: { phase: 'Scheduling' } }),
      metadata: { name: 'team-a', generation: 1 },
    });
    expect(await createErrors(workspaces, object)).toEqual([]);
  });

  it.each([
    [
      'a.b',
      'metadata.name: Invalid value: "a.b": metadata.name in body should match \'^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$\'',
    ],
    ['a'.repeat(64), 'metadata.name: Too long: may not be more than 63 bytes'],
  ])('is not called %s', async (name, message) => {
    const [first] = await createErrors(workspaces, createdBy(workspaces, workspace({}, name)));
    expect(first).toBe(message);
  });

  it('takes another path or name for its type as a change of what it is', async () => {
    const type = { name: 'team', path: 'root' };
    const change = (to: JsonObject): Promise<string[]> =>
      updateErrors(workspaces, workspace({ spec: { type: to } }), workspace({ spec: { type } }));
    expect(await change(type)).toEqual([]);
    expect(await change({ ...type, name: 'other' })).toEqual(['spec.type: Invalid value: name is immutable']);
    expect(await change({ name: 'team' })).toEqual(['spec.type: Invalid value: path is immutable']);
    expect(await change({ name: 'team', path: 'root:org' })).toEqual(['spec.type: Invalid value: path is immutable']);
  });

  it('keeps its URL and its logical cluster once it has them', async () => {
    const old = workspace({ spec: { URL: 'https://kcp/clusters/x', cluster: 'x' } });
    expect(await updateErrors(workspaces, workspace({ spec: { URL: 'https://other', cluster: 'x' } }), old)).toEqual(
      [],
    );
    expect(await updateErrors(workspaces, workspace({ spec: {} }), old)).toEqual([
      'spec: Invalid value: URL cannot be unset',
      'spec: Invalid value: cluster cannot be unset',
    ]);
    expect(
      await updateErrors(workspaces, workspace({ spec: { URL: 'https://kcp/clusters/x', cluster: 'y' } }), old),
    ).toEqual(['spec.cluster: Invalid value: "y": cluster is immutable']);
  });

  it('may inherit from another workspace, and from yet another one later', async () => {
    const old = createdBy(workspaces, workspace({ spec: { inheritFrom: 'root:apis' } }));
    expect(old['spec']).toEqual({ inheritFrom: 'root:apis' });
    expect(await updateErrors(workspaces, { ...old, spec: { inheritFrom: 'root:others' } }, old)).toEqual([]);
    expect(await updateErrors(workspaces, { ...old, spec: {} }, old)).toEqual([]);
  });

  it('prints its type, phase and URL', () => {
    const object = workspace({
      spec: { type: { name: 'team', path: 'root' }, URL: 'https://kcp/clusters/x' },
      status: { phase: 'Ready' },
    });
    expect(workspaces.columns.map(({ name }) => name)).toEqual(['Name', 'Type', 'Region', 'Phase', 'URL', 'Age']);
    expect(workspaces.columns.slice(0, 5).map((column) => column.cell(object, 0))).toEqual([
      'team-a',
      'team',
      null,
      'Ready',
      'https://kcp/clusters/x',
    ]);
  });

  it('has a phase that only its status can change', () => {
    const part = workspaces.subresources['status'];
    if (part?.kind !== 'part') throw new Error('no status');
    const old = createdBy(workspaces, workspace());
    const next = { ...old, spec: { inheritFrom: 'root' }, status: { phase: 'Ready' } };
    expect(part.strategy.prepareForUpdate?.(next, old, context)).toMatchObject({
      spec: {},
      status: { phase: 'Ready' },
    });
    expect(workspaces.strategy.prepareForUpdate?.(next, old, context)).toMatchObject({
      spec: { inheritFrom: 'root' },
      status: { phase: 'Scheduling' },
    });
  });
});

describe('a logical cluster', () => {
  const logicalClusters = kcpKind('core.kcp.io', 'logicalclusters');
  const named = (name: string): KubeObject => ({
    apiVersion: 'core.kcp.io/v1alpha1',
    kind: 'LogicalCluster',
    metadata: { name },
  });

  it('is called cluster, and not to be deleted by users', async () => {
    const object = createdBy(logicalClusters, named('cluster'));
    expect(object).toMatchObject({ spec: { directlyDeletable: false }, status: { phase: 'Scheduling' } });
    expect(await createErrors(logicalClusters, object)).toEqual([]);
    expect(await createErrors(logicalClusters, createdBy(logicalClusters, named('other')))).toEqual([
      'metadata.name: Unsupported value: "other": supported values: "cluster"',
    ]);
  });

  it('has initializers of types and of the system', async () => {
    const refused = async (initializer: string): Promise<number> => {
      const object = { ...named('cluster'), spec: { initializers: [initializer] } };
      return (await createErrors(logicalClusters, createdBy(logicalClusters, object))).length;
    };
    expect([await refused('root:universal'), await refused('system:apibindings'), await refused('nobody')]).toEqual([
      0, 0, 1,
    ]);
  });
});

describe('a type of workspaces', () => {
  const types = kcpKind('tenancy.kcp.io', 'workspacetypes');
  const type = (name: string, spec: JsonObject = {}): KubeObject => ({
    apiVersion: 'tenancy.kcp.io/v1alpha1',
    kind: 'WorkspaceType',
    metadata: { name },
    spec,
  });

  it.each(['any', 'system'])('is not called %s', async (name) => {
    expect(await createErrors(types, createdBy(types, type(name)))).toEqual([
      '<nil>: Invalid value: "": "metadata.name" must not validate the schema (not)',
    ]);
  });

  it('limits by a list or by nothing at all, not by both', async () => {
    const errors = (limitAllowedChildren: JsonObject): Promise<string[]> =>
      createErrors(types, createdBy(types, type('team', { limitAllowedChildren })));
    const team = { name: 'team', path: 'root' };
    expect([await errors({ none: true }), await errors({ types: [team] })]).toEqual([[], []]);
    const one = '<nil>: Invalid value: "": "spec.limitAllowedChildren" must validate one and only one schema (oneOf).';
    expect(await errors({ none: true, types: [team] })).toEqual([`${one} Found 2 valid alternatives`]);
    expect(await errors({})).toEqual([`${one} Found none valid`, 'spec.limitAllowedChildren.none: Required value']);
  });
});

describe('a binding', () => {
  const bindings = kcpKind('apis.kcp.io', 'apibindings', 'v1alpha2');
  const binding = (spec: JsonObject): KubeObject => ({
    apiVersion: 'apis.kcp.io/v1alpha2',
    kind: 'APIBinding',
    metadata: { name: 'b' },
    spec,
  });
  const reference = { export: { path: 'root', name: 'tenancy.kcp.io' } };

  it('stays with its export', async () => {
    const other = { export: { path: 'root', name: 'topology.kcp.io' } };
    expect(await updateErrors(bindings, binding({ reference: other }), binding({ reference }))).toEqual([
      'spec.reference: Invalid value: APIExport reference must not be changed',
    ]);
  });

  it('claims by group and resource with defaults, and with a selector that stays', async () => {
    const claim = { resource: 'configmaps', verbs: ['get'], state: 'Accepted', selector: { matchAll: true } };
    const old = createdBy(bindings, binding({ reference, permissionClaims: [claim] }));
    expect(old['spec']).toMatchObject({ permissionClaims: [{ group: '', identityHash: '' }] });
    expect(await createErrors(bindings, old)).toEqual([]);
    const narrower = { ...claim, group: '', identityHash: '', selector: { matchLabels: { a: 'b' } } };
    expect(await updateErrors(bindings, binding({ reference, permissionClaims: [narrower] }), old)).toEqual([
      'spec.permissionClaims[0].selector: Invalid value: Permission claim selector is immutable',
    ]);
  });
});

describe('what logical clusters begin with', () => {
  const options = { batteries: new Set(['workspace-types', 'metrics-viewer']), homeCreatorGroups: [] };
  const objects = [...rootApis(), ...rootContent(options), ...shardContent].flatMap((object) => {
    const [group = '', version] = object.apiVersion.split('/');
    const plural = `${object.kind.toLowerCase()}s`;
    return kcpDefinition(group, plural) === undefined ? [] : [{ object, group, plural, version }];
  });

  it.each(objects.map((entry) => [`${entry.object.kind} ${entry.object.metadata.name ?? ''}`, entry] as const))(
    '%s is valid',
    async (_name, { object, group, plural, version }) => {
      const resource = kcpKind(group, plural, version);
      expect(await createErrors(resource, createdBy(resource, object))).toEqual([]);
    },
  );
});
