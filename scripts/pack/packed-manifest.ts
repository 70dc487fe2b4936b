import type { Manifest, Workspace } from './workspace.ts';

/** The oldest Node that what is packed runs on. */
const NODE = '>=24';

/** The fields of a manifest that mean something outside this repository. */
const KEPT = ['name', 'description', 'license', 'type', 'bin'];

/** What a sub-path of `exports` leads to once it is compiled. */
export interface PackedExport {
  readonly types: string;
  readonly default: string;
}

/** A package.json as it stands in a tarball. */
export interface PackedManifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, PackedExport | string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/**
 * The manifest of a package's tarball: `exports` lead to JavaScript and its types, `workspace:*` is this very version, `catalog:`
 * the catalog's. Sub-paths `./testing` stay behind: contracts' suites need jest, and run where the sources are.
 * Throws, with the name of what is wrong, where a dependency or an export cannot be published.
 */
export function packedManifest(manifest: Manifest, workspace: Workspace): PackedManifest {
  const exported = Object.entries(manifest.exports ?? {}).filter(([path]) => path !== './testing');
  if (exported.length === 0) throw new Error(`${manifest.name} exports nothing`);
  return {
    ...Object.fromEntries(KEPT.filter((field) => field in manifest).map((field) => [field, manifest[field]])),
    version: workspace.version,
    engines: { node: NODE },
    exports: {
      ...Object.fromEntries(exported.map(([path, source]) => [path, compiled(manifest.name, source)])),
      './package.json': './package.json',
    },
    files: ['dist', 'bin'],
    dependencies: Object.fromEntries(
      Object.entries(manifest.dependencies ?? {}).map(([name, wanted]) => [
        name,
        published(workspace, { dependent: manifest.name, name, wanted }),
      ]),
    ),
    publishConfig: { access: 'public' },
  };
}

function compiled(name: string, source: string): PackedExport {
  const stem = /^\.\/src\/(.+)\.ts$/.exec(source)?.[1];
  if (stem === undefined) throw new Error(`${name} exports ${source}, which is no source under src`);
  return { types: `./dist/${stem}.d.ts`, default: `./dist/${stem}.js` };
}

interface Dependency {
  readonly dependent: string;
  readonly name: string;
  readonly wanted: string;
}

function published({ version, catalog, packages }: Workspace, { dependent, name, wanted }: Dependency): string {
  if (wanted.startsWith('workspace:')) {
    if (packages.some(({ manifest }) => manifest.name === name)) return version;
    throw new Error(`${dependent} depends on ${name}, which is not published`);
  }
  if (wanted !== 'catalog:') return wanted;
  const found = catalog[name];
  if (found === undefined) throw new Error(`${dependent} depends on ${name}, which the catalog does not have`);
  return found;
}
