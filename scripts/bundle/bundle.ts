import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { readWorkspace } from '../pack/workspace.ts';

/** The native half of the store, beside the bundle. */
const ADDON = 'lmdb.node';
/** Compiles functions from their own text at start, so that no name in it may change. */
const KEYS = 'ordered-binary';
/** LMDB reads it wherever a table is packed, though each of ours is given its own. */
const DICTIONARY = 'dict/dict.txt';

/** What Node compiles is kept beside the bundle, where that may be written: the next start takes half the time and less memory. */
const START = `import { enableCompileCache } from 'node:module';
enableCompileCache(import.meta.dirname + '/.cache');
await import('./server.js');
`;

/** From where, and whereto. */
export interface BundleOptions {
  readonly root: string;
  /** The folder for the files; made where it is missing. */
  readonly out: string;
}

/**
 * Makes the server one file that needs nothing but Node 24 and is started by `kcp.js`, with the code of its worker threads and the
 * native half of the store beside it. It runs on the kind of machine that it was made on. Gives the paths of the files. Rejects with what esbuild says, or
 * where LMDB has no binary for this kind of machine.
 */
export async function bundle({ root, out }: BundleOptions): Promise<readonly string[]> {
  const { version } = readWorkspace(root);
  const lmdb = createRequire(createRequire(join(root, 'packages/storage/package.json')).resolve('lmdb'));
  await mkdir(out, { recursive: true });
  await build({
    entryPoints: {
      server: join(root, 'apps/kcp/src/main.ts'),
      'offload-worker': join(root, 'packages/server/src/offload-worker.ts'),
    },
    outdir: out,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'linked',
    logLevel: 'silent',
    // packages in CommonJS ask for Node's own modules this way
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    external: [`./${ADDON}`, 'msgpackr-extract'],
    plugins: [lmdbBeside],
  });
  await writeFile(join(out, 'kcp.js'), START);
  await copyFile(addonOf(lmdb), join(out, ADDON));
  await copyFile(join(dirname(lmdb.resolve(KEYS)), '../index.js'), join(out, `${KEYS}.js`));
  await mkdir(join(out, dirname(DICTIONARY)), { recursive: true });
  await copyFile(join(dirname(lmdb.resolve('lmdb')), '..', DICTIONARY), join(out, DICTIONARY));
  await writeFile(join(out, 'package.json'), `${JSON.stringify({ name: 'kcp', version, type: 'module' })}\n`);
  return ['kcp.js', 'server.js', 'offload-worker.js', `${KEYS}.js`, ADDON, DICTIONARY].map((name) => join(out, name));
}

/** LMDB looks for its native half among installed packages; in a bundle it is the file beside. */
const lmdbBeside: Plugin = {
  name: 'lmdb-beside',
  setup: (esbuild) => {
    esbuild.onResolve({ filter: new RegExp(`^${KEYS}$`) }, () => ({ path: `./${KEYS}.js`, external: true }));
    esbuild.onResolve({ filter: /^node-gyp-build-optional-packages$/ }, ({ path }) => ({ path, namespace: 'addon' }));
    esbuild.onLoad({ filter: /.*/, namespace: 'addon' }, () => ({
      contents: `export default () => require('./${ADDON}');`,
    }));
  },
};

function addonOf(lmdb: NodeJS.Require): string {
  const name = `lmdb-${process.platform}-${process.arch}`;
  try {
    const folder = dirname(lmdb.resolve(`@lmdb/${name}/package.json`));
    return join(folder, process.platform === 'linux' ? `node.napi.${libc()}.node` : 'node.napi.node');
  } catch (error) {
    throw new Error(`LMDB has no binary for this kind of machine: ${name} is not installed`, { cause: error });
  }
}

function libc(): 'glibc' | 'musl' {
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}
