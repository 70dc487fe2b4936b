import { describe, expect, it } from '@jest/globals';
import { wildcard, type LogicalCluster } from '@kcp/logical-cluster';
import { locateSurface, surfacesByName } from './locate-surface.ts';
import type { Surface, SurfacePlace } from './surface.ts';

const authorize = () => ({ kind: 'allow', reason: '' }) as const;
const face: SurfacePlace['face'] = { kind: 'passage', enter: ({ user }) => user };

/** Knows a logical cluster, or all, and a path. */
const places: Surface = {
  name: 'places',
  locate: (rest, method) => {
    const [, cluster = '', ...segments] = rest.split('/');
    if (cluster === '' || method === 'TRACE') return undefined;
    const path = `/${segments.join('/')}`;
    return { cluster: cluster === '*' ? wildcard : (cluster as LogicalCluster), path, authorize, face };
  },
};
const surfaces = surfacesByName([places]);

function locate(path: string, header?: string, method = 'GET') {
  return locateSurface(surfaces, { path, method }, header);
}

describe('a path below /services', () => {
  it('leads to the surface that it names', () => {
    expect(locate('/services/places/one/api/v1')).toMatchObject({
      cluster: 'one',
      path: '/api/v1',
      prefix: '/services/places/one',
    });
  });

  it('is all prefix where nothing follows the place', () => {
    expect(locate('/services/places/one')).toMatchObject({ path: '/', prefix: '/services/places/one' });
  });

  it.each([
    '/services',
    '/services/',
    '/services/places',
    '/services/places/',
    '/services/other/one/api',
    '/servicesx/places/one',
    '/clusters/root/services/places/one',
  ])('leads nowhere as %s', (path) => {
    expect(locate(path)).toBeUndefined();
  });

  it('leads nowhere with a method that the surface does not know there', () => {
    expect(locate('/services/places/one/api', undefined, 'TRACE')).toBeUndefined();
  });

  it('leads nowhere on a server without surfaces', () => {
    expect(locateSurface(undefined, { path: '/services/places/one/api', method: 'GET' }, undefined)).toBeUndefined();
  });

  it('says where it leads: a header may agree, and nothing else', () => {
    expect(locate('/services/places/one/api', 'one')?.cluster).toBe('one');
    expect(locate('/services/places/*/api', '*')?.cluster).toEqual(wildcard);
    expect(() => locate('/services/places/one/api', 'two')).toThrow(
      'the path names the logical cluster "one", the header "two"',
    );
    expect(() => locate('/services/places/one/api', '*')).toThrow('the header "*"');
    expect(() => locate('/services/places/*/api', 'two')).toThrow('the header "two"');
  });
});

describe('surfaces', () => {
  it('have names of their own', () => {
    expect(() => surfacesByName([places, places])).toThrow('two surfaces are called places');
  });
});
