import { objectAt, objectsAt, textAt } from '@kcp/api-machinery';
import { apiBindings, base36Sha224, BINDINGS_INITIALIZER } from '@kcp/tenancy';
import type { Birth, SeedObject, WorkspaceSeed } from '@kcp/tenancy';
import type { ExportReference, OwnExports } from '../exports/own-export.ts';
import { boundStatus } from './bound-status.ts';
import { bindingMetadata } from './binding-metadata.ts';

/** What the seed is made with. */
export interface DefaultBindingsOptions {
  readonly exports: OwnExports;
  /** RFC 3339. */
  readonly now: () => string;
}

/** The bindings that the types of a workspace ask for. Those to the server's own exports are bound at once. */
export function defaultBindingsSeed({ exports, now }: DefaultBindingsOptions): WorkspaceSeed {
  return (birth) => {
    const objects: SeedObject[] = [];
    let isWhole = true;
    for (const reference of referencesOf(birth)) {
      const resources = exports.resources(reference);
      isWhole &&= resources !== undefined;
      objects.push({
        resource: apiBindings.resource,
        object: {
          metadata: { name: bindingName(birth, reference), ...bindingMetadata(reference, birth.path) },
          spec: { reference: { export: { path: reference.path, name: reference.name } } },
        },
        ...(resources && { status: boundStatus(resources, now()) }),
      });
    }
    return { objects, ...(isWhole && { initialized: [BINDINGS_INITIALIZER] }) };
  };
}

/** Each once, in the order of the types. */
function referencesOf({ types }: Birth): readonly ExportReference[] {
  const found = new Map<string, ExportReference>();
  for (const { object, path } of types) {
    for (const item of objectsAt(objectAt(object, 'spec'), 'defaultAPIBindings')) {
      const reference = { path: textAt(item, 'path') || path, name: textAt(item, 'export') };
      found.set(`${reference.path}:${reference.name}`, reference);
    }
  }
  return [...found.values()];
}

/** The export's name and part of a hash: the same binding has the same name however often it is made. */
function bindingName({ cluster }: Birth, { path, name }: ExportReference): string {
  return `${name.slice(0, 57)}-${base36Sha224(`${cluster}|${path}|${name}`).slice(0, 5)}`;
}
