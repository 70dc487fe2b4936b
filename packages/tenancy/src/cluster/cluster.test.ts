import { describe, expect, it } from '@jest/globals';
import { parsePath } from '@kcp/logical-cluster';
import { logicalClusters, workspaces } from '../buckets.ts';
import { rows } from '../testing/rows.ts';
import { base36Sha224, clusterNameOf } from './cluster-name.ts';
import { isInactive, pathOf, storedLogicalCluster } from './logical-cluster.ts';
import { resolvePath } from './resolve-path.ts';

const path = (text: string) => {
  const parsed = parsePath(text);
  if (parsed === undefined) throw new Error(`no path: ${text}`);
  return parsed;
};
const workspace = (at: string, name: string, cluster?: string) => ({
  at,
  bucket: workspaces.bucket,
  object: { metadata: { name }, spec: cluster === undefined ? {} : { cluster } },
});

describe('the name of a workspace’s logical cluster', () => {
  it('has 16 characters, is the same for the same uid and another for another', () => {
    const one = clusterNameOf('b24c7c14-3a5f-4d67-9f0e-3a1d2ef0a4f1');
    expect(one).toMatch(/^[0-9a-z]{16}$/);
    expect(clusterNameOf('b24c7c14-3a5f-4d67-9f0e-3a1d2ef0a4f1')).toBe(one);
    expect(clusterNameOf('b24c7c14-3a5f-4d67-9f0e-3a1d2ef0a4f2')).not.toBe(one);
  });
  it('hashes as kcp does', () => {
    expect(base36Sha224('root').slice(0, 8)).toBe('1pfxsevk');
  });
});

describe('a path', () => {
  const store = rows(workspace('root', 'org', 'c1'), workspace('c1', 'team', 'c2'), workspace('root', 'new'));

  it.each([
    ['root', 'root'],
    ['root:org', 'c1'],
    ['root:org:team', 'c2'],
    ['c1:team', 'c2'],
    ['anything', 'anything'],
    ['system:admin', 'system:admin'],
  ])('%s leads to %s', (text, cluster) => {
    expect(resolvePath(store, path(text))).toBe(cluster);
  });
  it.each(['root:nosuch', 'root:org:nosuch', 'root:nosuch:team', 'root:new', 'nosuch:org'])(
    '%s leads nowhere',
    (text) => {
      expect(resolvePath(store, path(text))).toBeUndefined();
    },
  );
});

describe('a logical cluster', () => {
  it('is at the path that it says, else at its name', () => {
    const object = { apiVersion: '', kind: '', metadata: { annotations: { 'kcp.io/path': 'root:a' } } };
    const [first] = [resolvePath(rows(), path('c1'))];
    if (first === undefined) throw new Error('no cluster');
    expect(pathOf(object, first)).toBe('root:a');
    expect(pathOf(undefined, first)).toBe('c1');
  });
  it('is inactive by either annotation, where it says true', () => {
    const withNote = (name: string, value: string) => ({
      apiVersion: '',
      kind: '',
      metadata: { annotations: { [name]: value } },
    });
    expect(isInactive(withNote('core.kcp.io/inactive', 'true'))).toBe(true);
    expect(isInactive(withNote('internal.kcp.io/inactive', 'true'))).toBe(true);
    expect(isInactive(withNote('core.kcp.io/inactive', 'false'))).toBe(false);
  });
  it('is there where its LogicalCluster is', () => {
    const store = rows({ at: 'c1', bucket: logicalClusters.bucket, object: { metadata: { name: 'cluster' } } });
    expect(
      [storedLogicalCluster(store, 'c1' as never), storedLogicalCluster(store, 'c2' as never)].map(
        (found) => found !== undefined,
      ),
    ).toEqual([true, false]);
  });
});
