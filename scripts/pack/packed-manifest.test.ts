import { describe, expect, it } from '@jest/globals';
import { packedManifest } from './packed-manifest.ts';
import type { Manifest, Workspace } from './workspace.ts';

const http: Manifest = {
  name: '@kcp/http',
  version: '0.0.1',
  description: 'The door.',
  license: 'Apache-2.0',
  type: 'module',
  bin: { door: './bin/door' },
  exports: { '.': './src/index.ts', './offload': './src/deep/jobs.ts', './testing': './src/testing/index.ts' },
  dependencies: { '@kcp/words': 'workspace:*', express: 'catalog:', plain: '^1.0.0' },
  devDependencies: { jest: 'catalog:' },
};
const words: Manifest = { name: '@kcp/words', exports: { '.': './src/index.ts' } };
const workspace: Workspace = {
  root: '/nowhere',
  version: '1.2.3',
  catalog: { express: '5.3.0' },
  packages: [
    { folder: 'packages/http', manifest: http },
    { folder: 'packages/words', manifest: words },
  ],
};

describe('the manifest in a tarball', () => {
  const packed = packedManifest(http, workspace);

  it('has the version of all', () => {
    expect(packed.version).toBe('1.2.3');
  });

  it('leads to what was compiled, and leaves the suites behind', () => {
    expect(packed.exports).toEqual({
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './offload': { types: './dist/deep/jobs.d.ts', default: './dist/deep/jobs.js' },
      './package.json': './package.json',
    });
  });

  it('names versions that a registry knows', () => {
    expect(packed.dependencies).toEqual({ '@kcp/words': '1.2.3', express: '5.3.0', plain: '^1.0.0' });
  });

  it('keeps what means something elsewhere, and nothing else', () => {
    expect(packed).toMatchObject({
      name: '@kcp/http',
      license: 'Apache-2.0',
      type: 'module',
      bin: { door: './bin/door' },
    });
    expect(packed).not.toHaveProperty('devDependencies');
  });

  it.each([
    [{ ...words, exports: {} }, '@kcp/words exports nothing'],
    [
      { ...words, exports: { '.': './lib/index.js' } },
      '@kcp/words exports ./lib/index.js, which is no source under src',
    ],
    [
      { ...words, dependencies: { '@kcp/testing': 'workspace:*' } },
      '@kcp/words depends on @kcp/testing, which is not published',
    ],
    [{ ...words, dependencies: { yargs: 'catalog:' } }, '@kcp/words depends on yargs, which the catalog does not have'],
  ])('is refused where it could not be installed', (manifest, message) => {
    expect(() => packedManifest(manifest, workspace)).toThrow(message);
  });
});
