import { describe, expect, it } from '@jest/globals';
import { readRequestInfo, splitPath } from './request-info.ts';

const plain = { watch: false, selectedName: '' };
const read = (method: string, path: string, hints = plain) => readRequestInfo(method, path, hints);

describe('readRequestInfo', () => {
  it.each([
    ['GET', '/api/v1/namespaces/d/configmaps/a', 'get', '', 'configmaps', 'd', 'a', ''],
    ['GET', '/api/v1/namespaces/d/configmaps', 'list', '', 'configmaps', 'd', '', ''],
    ['GET', '/api/v1/configmaps', 'list', '', 'configmaps', '', '', ''],
    ['POST', '/api/v1/namespaces', 'create', '', 'namespaces', '', '', ''],
    ['DELETE', '/api/v1/namespaces/d/secrets', 'deletecollection', '', 'secrets', 'd', '', ''],
    ['PUT', '/api/v1/namespaces/d/status', 'update', '', 'namespaces', 'd', 'd', 'status'],
    ['GET', '/api/v1/namespaces/status', 'get', '', 'namespaces', 'status', 'status', ''],
    ['PATCH', '/apis/example.com/v1/widgets/a/scale', 'patch', 'example.com', 'widgets', '', 'a', 'scale'],
    ['HEAD', '/apis/example.com/v1/widgets/a', 'get', 'example.com', 'widgets', '', 'a', ''],
  ])('%s %s', (method, path, verb, group, resource, namespace, name, subresource) => {
    expect(read(method, path)).toMatchObject({
      kind: 'resource',
      verb,
      group,
      resource,
      namespace,
      name,
      subresource,
      remainder: '',
    });
  });

  it.each([
    '/',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/example.com',
    '/apis/example.com/v1',
    '/healthz',
    '/openapi/v3/api/v1',
  ])('%s is no resource', (path) => {
    expect(read('GET', path)).toEqual({ kind: 'path', verb: 'get', path });
  });

  it('takes the name from a field selector only for collections', () => {
    const hints = { watch: false, selectedName: 'x' };
    expect(read('GET', '/api/v1/namespaces/d/secrets', hints)).toMatchObject({ verb: 'list', name: 'x' });
    expect(read('GET', '/api/v1/namespaces/d/secrets/a', hints)).toMatchObject({ verb: 'get', name: 'a' });
    expect(read('POST', '/api/v1/namespaces/d/secrets', hints)).toMatchObject({ verb: 'create', name: '' });
  });

  it('watches by query and by the deprecated path, but gets a single object all the same', () => {
    expect(read('GET', '/api/v1/secrets', { watch: true, selectedName: '' })).toMatchObject({ verb: 'watch' });
    expect(read('GET', '/api/v1/watch/namespaces/d/secrets/a')).toMatchObject({
      verb: 'watch',
      namespace: 'd',
      name: 'a',
    });
    expect(read('GET', '/api/v1/namespaces/d/secrets/a', { watch: true, selectedName: '' })).toMatchObject({
      verb: 'get',
    });
  });

  it.each(['constructor', '__proto__', 'BREW'])('takes the method %s for a verb that nothing knows', (method) => {
    expect(read(method, '/api/v1/namespaces/d')).toMatchObject({ verb: method.toLowerCase() });
  });

  it('says when there are more segments than anything has', () => {
    expect(read('GET', '/api/v1/namespaces/d/configmaps/a/b/c')).toMatchObject({ remainder: '/c' });
  });
});

describe('splitPath', () => {
  it('decodes segments; an escaped slash makes another segment', () => {
    expect(splitPath('/a/%6fne/x%2fy')).toEqual(['a', 'one', 'x', 'y']);
    expect(splitPath('/a/b/')).toEqual(['a', 'b']);
    expect(splitPath('/a/%zz')).toBeUndefined();
  });
});
