import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** A package.json as far as packing reads it; what else stands in it is kept. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A package that is published. */
export interface WorkspacePackage {
  /** Its folder, relative to the root: `packages/http`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What packing knows of the repository. */
export interface Workspace {
  readonly root: string;
  /** The version of everything, from the root's package.json. */
  readonly version: string;
  /** The versions that `catalog:` stands for, by package. */
  readonly catalog: Readonly<Record<string, string>>;
  /** All packages and apps but those that are `private`. */
  readonly packages: readonly WorkspacePackage[];
}

/** Reads the repository under a root. Throws where the root has no version. */
export function readWorkspace(root: string): Workspace {
  const { version } = readManifest(root);
  if (typeof version !== 'string') throw new Error(`${join(root, 'package.json')} has no version`);
  const { catalog = {} } = load(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as Partial<Workspace>;
  const packages = ['packages', 'apps'].flatMap((home) =>
    readdirSync(join(root, home), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ folder: `${home}/${name}`, manifest: readManifest(join(root, home, name)) })),
  );
  return { root, version, catalog, packages: packages.filter(({ manifest }) => manifest.private !== true) };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
