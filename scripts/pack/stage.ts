import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
import { packedManifest } from './packed-manifest.ts';
import type { Workspace, WorkspacePackage } from './workspace.ts';

/** What tests need stays behind. */
const LEFT_OUT = new Set(['testing', 'fixtures', 'fuzz', 'node_modules']);

/**
 * Lays out one package as its tarball holds it: manifest, README, licence, what was compiled, files of data, launchers.
 * Throws where the package has no README.
 */
export function stage(workspace: Workspace, packed: WorkspacePackage, folders: { compiled: string; to: string }): void {
  const source = join(workspace.root, packed.folder);
  mkdirSync(folders.to, { recursive: true });
  const manifest = packedManifest(packed.manifest, workspace);
  writeFileSync(join(folders.to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(join(source, 'README.md'), join(folders.to, 'README.md'));
  cpSync(join(workspace.root, 'LICENSE'), join(folders.to, 'LICENSE'));
  cpSync(join(folders.compiled, packed.folder, 'src'), join(folders.to, 'dist'), { recursive: true });
  cpSync(join(source, 'src'), join(folders.to, 'dist'), {
    recursive: true,
    filter: (path) => isData(relative(source, path)),
  });
  if (packed.manifest.bin) cpSync(join(source, 'bin'), join(folders.to, 'bin'), { recursive: true });
}

/** Whether a path under a package is of a file that code reads while it runs, or of a folder that may hold some. */
function isData(path: string): boolean {
  if (path.split(sep).some((part) => LEFT_OUT.has(part))) return false;
  return extname(basename(path)) !== '.ts';
}
