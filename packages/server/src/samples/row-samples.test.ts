import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectAt, objectsAt, textAt } from '@kcp/api-machinery';
import { start, type Server } from '../index.ts';
import { createWorkspace } from '../testing/workspaces.ts';
import { rowSamples } from './row-samples.ts';

const WORKSPACES = '/apis/tenancy.kcp.io/v1alpha1/workspaces';
const CONTENT = [
  '/api/v1/namespaces',
  '/api/v1/configmaps',
  '/api/v1/serviceaccounts',
  '/apis/apis.kcp.io/v1alpha2/apibindings',
  '/apis/core.kcp.io/v1alpha1/logicalclusters',
];

let server: Server;
beforeAll(async () => {
  server = await start({ freezesObjects: true });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** The rows of a new workspace, about as they are stored. */
async function rowsOfNewWorkspace(name: string): Promise<readonly string[]> {
  const root = server.client('root');
  await createWorkspace(root, name);
  const workspace = await root.get(`${WORKSPACES}/${name}`);
  const cluster = server.client(textAt(objectAt(workspace, 'spec'), 'cluster'));
  const lists = await Promise.all(CONTENT.map((path) => cluster.get(path)));
  return [workspace, ...lists.flatMap((list) => objectsAt(list, 'items'))].map((object) => JSON.stringify(object));
}

describe('what rows are packed with', () => {
  it('is like what a new workspace begins with', async () => {
    const rows = await rowsOfNewWorkspace('sampled');
    expect(rows.length).toBe(10);
    const dictionary = rowSamples();
    const size = (options: { dictionary?: Uint8Array }): number =>
      rows.reduce((sum, row) => sum + deflateRawSync(row, options).length, 0);
    expect(size({ dictionary })).toBeLessThan(size({}) / 2);
  });

  it('fits into what a store keeps', () => {
    expect(rowSamples().length).toBeLessThan(16 * 1024);
  });
});
