import { describe, expect, it } from '@jest/globals';
import { compareVersions, formatApiVersion, formatGroupResource, parseApiVersion } from './group-version.ts';

describe('apiVersion', () => {
  it.each([
    ['v1', { group: '', version: 'v1' }],
    ['apps/v1', { group: 'apps', version: 'v1' }],
    ['', { group: '', version: '' }],
  ])('%j', (text, gv) => {
    expect(parseApiVersion(text)).toEqual(gv);
    expect(formatApiVersion(gv)).toBe(text);
  });

  it('has one slash at most', () => {
    expect(parseApiVersion('a/b/c')).toBeUndefined();
  });
});

describe('a resource', () => {
  it('is named with its group, except in the core', () => {
    expect(formatGroupResource({ group: '', resource: 'configmaps' })).toBe('configmaps');
    expect(formatGroupResource({ group: 'example.com', resource: 'widgets' })).toBe('widgets.example.com');
  });
});

describe('versions', () => {
  it('stand GA before beta before alpha, newest first, other names last', () => {
    const sorted = [
      'v10',
      'v2',
      'v1',
      'v11beta2',
      'v10beta3',
      'v3beta1',
      'v12alpha1',
      'v11alpha2',
      'foo1',
      'foo10',
      'v0',
    ];
    expect(sorted.toReversed().sort(compareVersions)).toEqual(sorted);
  });
});
