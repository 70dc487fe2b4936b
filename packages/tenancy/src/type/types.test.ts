import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { parsePath } from '@kcp/logical-cluster';
import { workspaces, workspaceTypes } from '../buckets.ts';
import { rows, type Row } from '../testing/rows.ts';
import { childRefusals, parentRefusals } from './allowed-types.ts';
import { resolveType, withExtended } from './resolve-type.ts';
import { parseQualified, qualified, type FoundType } from './workspace-type.ts';

const type = (at: string, path: string, name: string, spec: JsonObject = {}): Row => ({
  at,
  bucket: workspaceTypes.bucket,
  object: { metadata: { name, annotations: { 'kcp.io/path': path } }, spec },
});
const extending = (...types: readonly (readonly [path: string, name: string])[]): JsonObject => ({
  extend: { with: types.map(([path, name]) => ({ path, name })) },
});
const store = rows(
  { at: 'root', bucket: workspaces.bucket, object: { metadata: { name: 'org' }, spec: { cluster: 'c1' } } },
  type('root', 'root', 'universal'),
  type('root', 'root', 'organization', {
    ...extending(['root', 'universal']),
    limitAllowedParents: { types: [{ path: 'root', name: 'root' }] },
  }),
  type('root', 'root', 'home', { limitAllowedParents: { none: true } }),
  type('c1', 'root:org', 'base', extending(['root', 'universal'])),
  type('c1', 'root:org', 'derived', {
    ...extending(['root:org', 'base'], ['root', 'universal']),
    limitAllowedChildren: { types: [{ path: 'root:org', name: 'base' }] },
  }),
  type('c1', 'root:org', 'orphan', extending(['root:org', 'nosuch'])),
  type('c1', 'root:org', 'ring-a', extending(['root:org', 'ring-b'])),
  type('c1', 'root:org', 'ring-b', extending(['root:org', 'ring-a'])),
);
const from = parsePath('root:org');
const find = (path: string, name: string): FoundType => {
  if (from === undefined) throw new Error('no path');
  return resolveType(store, { path, name }, from);
};
const lineage = (path: string, name: string) => {
  const found = find(path, name);
  return { named: qualified(found), types: withExtended(store, found) };
};

describe('a type', () => {
  it('is found where its path says, else upwards, and in root at last', () => {
    expect(find('root', 'universal').cluster).toBe('root');
    expect(find('', 'base').cluster).toBe('c1');
    expect(find('', 'universal').cluster).toBe('root');
  });
  it.each([
    ['root', 'nosuch', 'Internal error occurred: workspacetypes.tenancy.kcp.io "root:nosuch" not found'],
    ['root::x', 'universal', 'Internal error occurred: workspacetypes.tenancy.kcp.io "root::x:universal" not found'],
    ['', 'nosuch', 'workspace type "nosuch" cannot be resolved'],
  ])('at %j called %s is refused in the recorded words', (path, name, message) => {
    expect(() => find(path, name)).toThrow(message);
  });
  it('comes with all that it extends, each once, itself last', () => {
    expect(lineage('root:org', 'derived').types.map(qualified)).toEqual([
      'root:org:base',
      'root:universal',
      'root:org:derived',
    ]);
  });
  it.each([
    ['orphan', 'unable to find inherited workspace type nosuch'],
    ['ring-a', 'circular dependency detected in workspace type root:org:ring-a: root:org:ring-a -> root:org:ring-b'],
  ])('%s cannot be used', (name, message) => {
    expect(() => lineage('root:org', name)).toThrow(message);
  });
  it('is named by path and name', () => {
    expect(parseQualified('root:org:base')).toEqual({ path: 'root:org', name: 'base' });
    expect(parseQualified('base')).toBeUndefined();
  });
});

describe('who may be below whom', () => {
  it('is said by the child’s type', () => {
    expect(parentRefusals(lineage('root', 'universal'), lineage('root', 'organization'))).toEqual([
      'workspace type root:organization only allows [root:root] parent workspaces, but parent type root:universal only implements [root:universal]',
    ]);
    expect(parentRefusals(lineage('root', 'universal'), lineage('root', 'home'))).toEqual([
      'workspace type root:home cannot have any parent',
    ]);
    expect(parentRefusals(lineage('root', 'universal'), lineage('root', 'universal'))).toEqual([]);
  });
  it('is said by the parent’s type, and what a type extends counts', () => {
    expect(childRefusals(lineage('root:org', 'derived'), lineage('root', 'universal'))).toEqual([
      'workspace type root:org:derived only allows [root:org:base] child workspaces, but child type root:universal only implements [root:universal]',
    ]);
    expect(childRefusals(lineage('root:org', 'derived'), lineage('root:org', 'base'))).toEqual([]);
    expect(childRefusals(lineage('root:org', 'derived'), lineage('root:org', 'derived'))).toEqual([]);
  });
});
