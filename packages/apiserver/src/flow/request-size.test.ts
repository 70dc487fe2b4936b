import { describe, expect, it } from '@jest/globals';
import type { ClusterCatalog } from '../catalog.ts';
import type { Exchange } from '../exchange.ts';
import { Query } from '../request/query.ts';
import { readRequestInfo } from '../request/request-info.ts';
import { sizeOf, type SizingDeps } from './request-size.ts';

/** So many objects are stored, whatever is asked for; who counts further than it was told fails. */
function stored(objects: number): SizingDeps {
  const counted = { count: ({ limit = Infinity }: { limit?: number }) => Math.min(objects, limit) };
  const resource = { bucket: { group: '', resource: 'configmaps' }, namespaced: true };
  const found = {
    tag: '',
    groups: [],
    find: (_group: string, _version: string, name: string) => (name === 'configmaps' ? resource : undefined),
  };
  return {
    store: counted as unknown as SizingDeps['store'],
    catalog: { of: () => found as unknown as ClusterCatalog, across: () => undefined },
  };
}

function asked(method: string, target: string, headers: Readonly<Record<string, string>> = {}): Exchange {
  const [path = '', text = ''] = target.split('?');
  const query = Query.parse(text);
  const info = readRequestInfo(method, path, { watch: query.flag('watch'), selectedName: '' });
  const request = { method, path, header: (name: string) => headers[name] };
  return { info, query, request, cluster: 'root' } as unknown as Exchange;
}

const MAPS = '/api/v1/namespaces/default/configmaps';

describe('the size of a request', () => {
  it.each([
    ['GET', `${MAPS}/a`, 1],
    ['POST', MAPS, 3],
    ['PUT', `${MAPS}/a`, 3],
    ['PATCH', `${MAPS}/a`, 4],
    ['DELETE', `${MAPS}/a`, 3],
    ['GET', '/openapi/v3', 2],
    ['BREW', `${MAPS}/a`, 1],
  ])('of %s %s is that of its verb', (method, target, cost) => {
    expect(sizeOf(asked(method, target), stored(1_000))).toEqual({ cost, seats: 1 });
  });

  it('of a list grows with what is stored, up to a bound', () => {
    const cost = (objects: number): number => sizeOf(asked('GET', MAPS), stored(objects)).cost;
    expect(cost(0)).toBe(1);
    expect(cost(120)).toBe(11);
    expect(cost(1_200)).toBe(101);
    expect(cost(1e9)).toBe(cost(10_000));
    expect(sizeOf(asked('GET', MAPS), stored(10_000)).seats).toBe(41);
  });

  it('of a list is no more than its limit, unless a selector makes it look at everything', () => {
    const size = (query: string): number => sizeOf(asked('GET', `${MAPS}?${query}`), stored(1_200)).cost;
    expect(size('limit=12')).toBe(2);
    expect(size('limit=12&labelSelector=a')).toBe(101);
    expect(size('limit=12&fieldSelector=spec.x%3D1')).toBe(101);
    expect(size('limit=none')).toBe(101);
    expect(size('limit=-5')).toBe(101);
  });

  it('of a watch is that of the present where it begins with it', () => {
    const size = (query: string): number => sizeOf(asked('GET', `${MAPS}?watch=true${query}`), stored(1_200)).cost;
    expect(size('')).toBe(101);
    expect(size('&resourceVersion=0')).toBe(101);
    expect(size('&resourceVersion=5&sendInitialEvents=true')).toBe(101);
    expect(size('&resourceVersion=5')).toBe(1);
  });

  it('of a deletion of many is that of so many deletions', () => {
    expect(sizeOf(asked('DELETE', MAPS), stored(100)).cost).toBe(301);
  });

  it('grows with the body that is declared, whatever nonsense that is', () => {
    const size = (length: string): number => sizeOf(asked('POST', MAPS, { 'content-length': length }), stored(0)).cost;
    expect(size('800')).toBe(3);
    expect(size(String(1024 * 1024))).toBe(3 + 128);
    expect(size('-1')).toBe(3);
    expect(size('x')).toBe(3);
  });

  it('is small where nothing is served, and the largest where finding out would take a while', () => {
    expect(sizeOf(asked('GET', '/apis/none/v1/things'), stored(1_200)).cost).toBe(1);
    const deps = stored(0);
    const busy = { ...deps, catalog: { ...deps.catalog, prepare: () => Promise.resolve() } };
    expect(sizeOf(asked('GET', MAPS), busy)).toEqual(sizeOf(asked('GET', MAPS), stored(1e9)));
  });
});
