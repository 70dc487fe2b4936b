import { describe, expect, it } from '@jest/globals';
import type { ApiCatalog, ApiResource } from './api-resource.ts';
import { RestMapper } from './rest-mapper.ts';

function resource(name: string, group: string, version: string, more: Partial<ApiResource> = {}): ApiResource {
  return {
    group,
    version,
    resource: name,
    kind: { group, version, kind: `${name.charAt(0).toUpperCase()}${name.slice(1, -1)}` },
    namespaced: true,
    singularName: name.slice(0, -1),
    shortNames: [],
    categories: ['all'],
    verbs: ['get'],
    subresources: [],
    ...more,
  };
}

const resources = [
  resource('events', '', 'v1', { shortNames: ['ev'] }),
  resource('deployments', 'apps', 'v2', { shortNames: ['deploy'] }),
  resource('deployments', 'apps', 'v1', { shortNames: ['deploy'] }),
  resource('events', 'events.k8s.io', 'v1', { shortNames: ['ev'] }),
  // A resource whose plural is another one's short name, and one whose kind is another one's name.
  resource('evs', 'example.com', 'v1', {
    singularName: 'ev',
    kind: { group: 'example.com', version: 'v1', kind: 'Events' },
  }),
];

function mapper(catalog: readonly ApiResource[] = resources) {
  let asked = 0;
  const ask = (): Promise<ApiCatalog> => {
    asked += 1;
    return Promise.resolve({ groups: [], resources: catalog, missing: [] });
  };
  return { mapper: new RestMapper(ask), asked: () => asked };
}

describe('what a name stands for', () => {
  it.each([
    ['deployments', 'deployments', 'apps', 'v2'],
    ['Deployment', 'deployments', 'apps', 'v2'],
    ['deploy', 'deployments', 'apps', 'v2'],
    ['deploy.apps', 'deployments', 'apps', 'v2'],
    ['deployments.v1.apps', 'deployments', 'apps', 'v1'],
    ['events', 'events', '', 'v1'],
    ['events.events.k8s.io', 'events', 'events.k8s.io', 'v1'],
    ['event.v1.events.k8s.io', 'events', 'events.k8s.io', 'v1'],
    ['ev', 'evs', 'example.com', 'v1'],
    ['ev.events.k8s.io', 'events', 'events.k8s.io', 'v1'],
    ['Events.example.com', 'evs', 'example.com', 'v1'],
  ])('is, for %s, %s of %j %s', async (text, name, group, version) => {
    expect(await mapper().mapper.find(text)).toMatchObject({ resource: name, group, version });
  });

  it.each(['deploymentsx', 'deployments.', 'deployments.ap', 'deployments.v3.apps', '.apps', 'toString'])(
    'is nothing for %s',
    async (text) => {
      expect(await mapper().mapper.find(text)).toBeUndefined();
    },
  );

  it('is asked of the server once, and again for each name that is not known', async () => {
    const { mapper: finder, asked } = mapper();
    await finder.find('events');
    await finder.find('deploy');
    expect(asked()).toBe(1);
    await finder.find('nothing');
    await finder.resourceOf({ group: 'none', kind: 'None' });
    expect(asked()).toBe(3);
  });

  it('of a kind is the preferred version, or the one that is asked for', async () => {
    const { mapper: finder } = mapper();
    expect(await finder.resourceOf({ group: 'apps', kind: 'Deployment' })).toMatchObject({ version: 'v2' });
    expect(await finder.resourceOf({ group: 'apps', version: 'v1', kind: 'Deployment' })).toMatchObject({
      version: 'v1',
    });
    expect(await finder.resourceOf({ group: '', kind: 'Deployment' })).toBeUndefined();
  });

  it('of a category is each resource once', async () => {
    const found = await mapper().mapper.category('all');
    expect(found.map(({ resource: name, group, version }) => `${name}.${version}.${group}`)).toEqual([
      'events.v1.',
      'deployments.v2.apps',
      'events.v1.events.k8s.io',
      'evs.v1.example.com',
    ]);
    expect(await mapper().mapper.category('none')).toEqual([]);
  });
});
