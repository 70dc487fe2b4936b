import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Wire } from '@kcp/testing';

/** How many definitions there are, and how far they came. */
export interface Installed {
  readonly all: number;
  readonly accepted: number;
  readonly served: number;
  /** A line for each definition that is not served. */
  readonly problems: readonly string[];
}

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const SERVED_WITHIN_MS = 60_000;

/** Installs the definitions of all projects side by side in one logical cluster, and lists the objects of each version. */
export async function installAll(wire: Wire, { data, only }: { data: string; only: string }): Promise<Installed> {
  const problems: string[] = [];
  const accepted: Definition[] = [];
  const definitions = await readDefinitions(data, only);
  for (const definition of definitions) {
    const { status, text } = await wire.request(DEFINITIONS, {
      method: 'POST',
      text: JSON.stringify(definition),
    });
    if (status === 201) accepted.push(definition);
    else problems.push(`${definition.metadata.name}: ${status} ${text.slice(0, 300)}`);
  }
  const until = performance.now() + SERVED_WITHIN_MS;
  let served = 0;
  for (const definition of accepted) {
    const missing = await unserved(wire, definition, until);
    if (missing === undefined) served += 1;
    else problems.push(`${definition.metadata.name}: ${missing}`);
  }
  return { all: definitions.length, accepted: accepted.length, served, problems };
}

async function readDefinitions(data: string, only: string): Promise<Definition[]> {
  const found: Definition[] = [];
  for (const project of (await readdir(data)).filter((name) => name.includes(only))) {
    const folder = join(data, project, 'crds');
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json'))) {
      found.push(JSON.parse(await readFile(join(folder, file), 'utf8')) as Definition);
    }
  }
  return found;
}

/** The first answer that is no list, where it stays so. */
async function unserved(wire: Wire, { spec }: Definition, until: number): Promise<string | undefined> {
  for (const { name } of spec.versions.filter((version) => version.served)) {
    const path = `/apis/${spec.group}/${name}/${spec.names.plural}`;
    for (;;) {
      const { status, text } = await wire.request(path);
      if (status === 200) break;
      if (performance.now() > until) return `${path}: ${status} ${text.slice(0, 200)}`;
    }
  }
  return undefined;
}
