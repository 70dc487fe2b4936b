import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { shards } from '../buckets.ts';
import { rows } from '../testing/rows.ts';
import { shardFor } from './shard.ts';

const shard = (name: string, more: JsonObject = {}) => ({
  at: 'root',
  bucket: shards.bucket,
  object: { metadata: { name, ...more }, spec: { baseURL: 'https://own/', externalURL: 'https://out//' } },
});
const store = rows(
  shard('root', { labels: { region: 'eu' } }),
  shard('full', { annotations: { 'experimental.core.kcp.io/unschedulable': 'true' } }),
);
const workspace = (location?: JsonObject) => ({
  apiVersion: '',
  kind: '',
  metadata: { name: 'w' },
  spec: location === undefined ? {} : { location },
});
const none = { why: 'No available shards to schedule the workspace' };

describe('the shard that a workspace is made on', () => {
  it('is the one that is asked, with the address that its users reach it by', () => {
    const found = { name: 'root', externalUrl: 'https://out', virtualWorkspaceUrl: 'https://own', region: 'eu' };
    expect(shardFor(store, workspace(), 'root')).toEqual(found);
    expect(shardFor(store, workspace({ selector: { matchLabels: { region: 'eu' } } }), 'root')).toEqual(found);
  });

  it('is none where it is not there, takes no workspaces, or is somewhere else than asked for', () => {
    expect(shardFor(store, workspace(), 'gone')).toEqual(none);
    expect(shardFor(store, workspace(), 'full')).toEqual(none);
    expect(shardFor(store, workspace({ selector: { matchLabels: { region: 'us' } } }), 'root')).toEqual(none);
  });

  it('is none where nobody can tell what is asked for', () => {
    const selector = { matchExpressions: [{ key: 'region', operator: 'Near', values: ['eu'] }] };
    expect(shardFor(store, workspace({ selector }), 'root')).toEqual({
      why: expect.stringMatching(/^spec\.location\.selector is invalid: ./),
    });
  });
});
