import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, run } from './compile.ts';
import { stage } from './stage.ts';
import { readWorkspace } from './workspace.ts';

/** A tarball that was made. */
export interface Tarball {
  /** The name of the package. */
  readonly name: string;
  readonly path: string;
}

/** From where, whereto, and who wants to know how far it is. */
export interface PackOptions {
  readonly root: string;
  /** The folder for the tarballs; made where it is missing. */
  readonly out: string;
  readonly progress: (line: string) => void;
}

/**
 * Makes a tarball of every public package. Rejects with a text that names the package or the file where something cannot be
 * published; what was there before is then still there.
 */
export async function pack({ root, out, progress }: PackOptions): Promise<readonly Tarball[]> {
  const workspace = readWorkspace(root);
  const { version, packages } = workspace;
  const folder = mkdtempSync(join(tmpdir(), 'kcp-pack-'));
  try {
    progress(`compiling ${packages.length} packages, version ${version}`);
    const compiled = join(folder, 'compiled');
    await compile(root, compiled);
    progress('laying them out');
    const staged = packages.map((packed) => {
      const to = join(folder, packed.folder.replaceAll('/', '-'));
      stage(workspace, packed, { compiled, to });
      return to;
    });
    progress(`packing into ${out}`);
    mkdirSync(out, { recursive: true });
    await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', out, ...staged], folder);
    return packages.map(({ manifest: { name } }) => ({ name, path: join(out, tarballName(name, version)) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The name that npm gives a tarball. */
function tarballName(name: string, version: string): string {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;
}
