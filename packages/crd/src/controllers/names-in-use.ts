import type { DefinitionEntry } from '../serving/definition-index.ts';

/** The names that are taken in a group of one logical cluster. */
export interface NamesInUse {
  /** Plurals, singulars and short names: they share one space. */
  readonly resources: ReadonlySet<string>;
  /** Kinds and list kinds: they share another. */
  readonly kinds: ReadonlySet<string>;
}

/** What has been accepted of a group's definitions, with the names of built-in kinds. */
export function namesInUse(
  entries: Iterable<Pick<DefinitionEntry, 'acceptedNames'>>,
  builtin: NamesInUse | undefined,
): NamesInUse {
  const resources = new Set(builtin?.resources);
  const kinds = new Set(builtin?.kinds);
  for (const { acceptedNames: names } of entries) {
    for (const name of [names.plural, names.singular ?? '', ...(names.shortNames ?? [])])
      if (name !== '') resources.add(name);
    for (const name of [names.kind, names.listKind ?? '']) if (name !== '') kinds.add(name);
  }
  return { resources, kinds };
}
