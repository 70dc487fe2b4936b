import { equal, type Json } from '@kcp/api-machinery';
import type {
  DefinitionSchema,
  DefinitionSpec,
  DefinitionSubresources,
  DefinitionVersion,
  PrinterColumn,
  SelectableField,
} from './custom-resource-definition.ts';

/** What versions have in common: said once for all of them where they are equal, per version otherwise. */
export interface VersionParts {
  readonly schema?: DefinitionSchema;
  readonly subresources?: DefinitionSubresources;
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly SelectableField[];
}

/** A spec as the internal version of the API holds it, by whose paths errors are reported. */
export interface HoistedSpec {
  /** Parts that are equal in all versions, `spec.validation` among them; a definition of one version has all of them here. */
  readonly common: VersionParts;
  /** Per version what is not in `common`. */
  readonly versions: readonly (DefinitionVersion & VersionParts)[];
}

const PARTS = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;

/** Moves to the top what all versions share (conversion of apiextensions/v1 to the internal version). */
export function hoist(spec: DefinitionSpec): HoistedSpec {
  const versions = spec.versions ?? [];
  const [first] = versions;
  if (first === undefined) return { common: {}, versions };
  const shared = PARTS.filter((part) => versions.every((version) => equal(version[part] as Json, first[part] as Json)));
  return {
    common: Object.fromEntries(shared.map((part) => [part, first[part]]).filter(([, value]) => value !== undefined)),
    versions: versions.map((version) => without(version, shared)),
  };
}

function without(version: DefinitionVersion, parts: readonly (keyof VersionParts)[]): DefinitionVersion {
  return Object.fromEntries(
    Object.entries(version).filter(([name]) => !parts.some((part) => part === name)),
  ) as DefinitionVersion;
}
