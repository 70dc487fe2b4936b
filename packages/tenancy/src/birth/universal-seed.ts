import { qualified } from '../type/workspace-type.ts';
import { namespaces } from '../buckets.ts';
import { CREATE_ONLY } from '../well-known.ts';
import type { SeedObject, WorkspaceSeed } from './birth.ts';

/** The type that workspaces for everything extend. Its initializer has its own name. */
const UNIVERSAL = 'root:universal';

/** What a namespace begins with: whoever knows the kinds says it. */
export type Furnish = (namespace: string) => readonly SeedObject[];

/** The namespaces that a universal workspace begins with, and what is in each at once: nobody has to come after. */
export function universalSeed(furnish: Furnish): WorkspaceSeed {
  return ({ types }) => {
    if (!types.some((type) => qualified(type) === UNIVERSAL)) return { objects: [] };
    const objects = ['default', 'kube-system'].flatMap((name) => [
      { resource: namespaces.resource, object: { metadata: { name, annotations: CREATE_ONLY } } },
      ...furnish(name),
    ]);
    return { objects, initialized: [UNIVERSAL] };
  };
}
