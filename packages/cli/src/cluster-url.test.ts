import { parsePath } from '@kcp/logical-cluster';
import { describe, expect, it } from '@jest/globals';
import { formatClusterUrl, parseClusterUrl } from './cluster-url.ts';

describe('the URL of a logical cluster', () => {
  it.each([
    ['https://kcp:6443/clusters/root:org', 'https://kcp:6443', 'root:org'],
    ['https://kcp:443/clusters/root', 'https://kcp:443', 'root'],
    ['https://kcp/prefix/clusters/1h2j3k', 'https://kcp/prefix', '1h2j3k'],
    ['https://kcp/services/apiexport/a/b/clusters/root:org/api/v1', 'https://kcp/services/apiexport/a/b', 'root:org'],
    ['https://kcp/clusters/a/clusters/b', 'https://kcp', 'a'],
    ['https://[::1]:6443/clusters/root?x=/clusters/y', 'https://[::1]:6443', 'root'],
  ])('%s is %s and %s', (url, base, path) => {
    expect(parseClusterUrl(url)).toEqual({ base, path });
  });

  it.each([
    'https://kcp:6443',
    'https://kcp:6443/',
    'https://kcp/clusters/',
    'https://kcp/clusters/*',
    'https://kcp/clusters/Root',
    'https://kcp/clusters/a::b',
    'https://kcp?x=/clusters/root',
    'kcp/clusters/root',
    '',
  ])('%j is none', (url) => {
    expect(parseClusterUrl(url)).toBeUndefined();
  });

  it('is put together again as it was, default ports too', () => {
    for (const url of ['https://kcp:443/clusters/root:a', 'https://kcp/prefix/clusters/b']) {
      const parsed = parseClusterUrl(url);
      expect(parsed && formatClusterUrl(parsed)).toBe(url);
    }
  });

  it('has one slash between the server and the cluster', () => {
    const path = parsePath('root')!;
    expect(formatClusterUrl({ base: 'https://kcp/', path })).toBe('https://kcp/clusters/root');
  });
});
