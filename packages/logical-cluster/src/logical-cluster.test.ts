import { describe, expect, it } from '@jest/globals';
import {
  asName,
  base,
  child,
  parent,
  parseName,
  parsePath,
  parseScope,
  root,
  systemAdmin,
  urlPrefix,
  wildcard,
} from './logical-cluster.ts';
import type { ClusterPath } from './logical-cluster.ts';

function path(text: string): ClusterPath {
  const parsed = parsePath(text);
  if (parsed === undefined) throw new Error(`no path: ${text}`);
  return parsed;
}

describe('a path', () => {
  it.each(['root', 'root:org', 'root:org:team-1', '2xyz', 'system:admin', `root:${'a'.repeat(63)}`])(
    '%s is one',
    (text) => {
      expect(parsePath(text)).toBe(text);
    },
  );

  it.each([
    '',
    '*',
    ':',
    'root:',
    ':root',
    'root::x',
    'Root',
    'root:a_b',
    'root:-a',
    'root:a-',
    'root:a.b',
    'root/a',
    'root:a\n',
    'root: a',
    `root:${'a'.repeat(64)}`,
    Array.from({ length: 65 }, () => 'a').join(':'),
    Array.from({ length: 20 }, () => 'a'.repeat(60)).join(':'),
    '__proto__',
  ])('%j is none', (text) => {
    expect(parsePath(text)).toBeUndefined();
    expect(parseScope(text)).toEqual(text === '*' ? wildcard : undefined);
  });

  it('of 64 segments is one, however hard the text is to match', () => {
    expect(parsePath(Array.from({ length: 64 }, () => 'a').join(':'))).toBeDefined();
    expect(parsePath(`${'a-'.repeat(500)}!`)).toBeUndefined();
    expect(parsePath(`${'a'.repeat(1023)}:`)).toBeUndefined();
  });
});

describe('the name of a logical cluster', () => {
  it.each(['root', '2j3k4l', 'system:admin', 'a-b'])('%s is one', (text) => {
    expect(parseName(text)).toBe(text);
    expect(asName(path(text))).toBe(text);
  });

  it.each(['', '*', 'root:org', 'system:', 'system:a:b', 'other:a', 'A', 'a'.repeat(64)])('%j is none', (text) => {
    expect(parseName(text)).toBeUndefined();
  });

  it('is not what a longer path stands for', () => {
    expect(asName(path('root:org'))).toBeUndefined();
  });
});

describe('the tree', () => {
  it('goes up', () => {
    expect(parent(path('root:org:team'))).toBe('root:org');
    expect(parent(path('root:org'))).toBe('root');
    expect(parent(path('root'))).toBeUndefined();
    expect(parent(path('system:admin'))).toBeUndefined();
  });

  it('goes down, by one segment at a time', () => {
    expect(child(path('root'), 'org')).toBe('root:org');
    for (const name of ['', 'a:b', 'A', '*', 'a'.repeat(64)]) expect(child(path('root'), name)).toBeUndefined();
  });

  it('names the last segment', () => {
    expect(base(path('root:org:team'))).toBe('team');
    expect(base(path('root'))).toBe('root');
  });
});

describe('what a request addresses', () => {
  it('is a cluster or all of them, never a text', () => {
    expect(parseScope('root:org')).toEqual({ kind: 'cluster', path: 'root:org' });
    expect(parseScope('*')).toBe(wildcard);
    expect(parseScope('**')).toBeUndefined();
  });

  it('has a URL prefix', () => {
    expect(urlPrefix(root)).toBe('/clusters/root');
    expect(urlPrefix(systemAdmin)).toBe('/clusters/system:admin');
    expect(urlPrefix(wildcard)).toBe('/clusters/*');
    expect(urlPrefix({ kind: 'cluster', path: path('root:org') })).toBe('/clusters/root:org');
  });
});
