import { compareVersions, formatApiVersion } from '@kcp/api-machinery';
import { type DefinitionSpec, type DefinitionVersion } from '../definition/custom-resource-definition.ts';

/** The warning of a deprecated version: its own, or one that names the best version to use instead. */
export function deprecationWarning(spec: DefinitionSpec, version: DefinitionVersion): string | undefined {
  if (version.deprecated !== true) return undefined;
  if (version.deprecationWarning !== undefined) return version.deprecationWarning;
  const named = (name: string): string =>
    `${formatApiVersion({ group: spec.group, version: name })} ${spec.names.kind}`;
  const better = (spec.versions ?? [])
    .filter((other) => other.served && other.deprecated !== true && compareVersions(other.name, version.name) < 0)
    .map((other) => other.name)
    .sort(compareVersions);
  const text = `${named(version.name)} is deprecated`;
  return better[0] === undefined ? text : `${text}; use ${named(better[0])}`;
}
