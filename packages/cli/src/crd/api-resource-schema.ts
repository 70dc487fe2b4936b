import { isArray, isDns1123Subdomain, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { CliError } from '../cli-error.ts';

/** The fields of a version that both kinds have. Its schema and its sub-resources stand elsewhere in a definition. */
const VERSION_FIELDS = [
  'name',
  'served',
  'storage',
  'deprecated',
  'deprecationWarning',
  'additionalPrinterColumns',
  'selectableFields',
] as const;

/**
 * The APIResourceSchema (apis.kcp.io/v1alpha1) that a CustomResourceDefinition is at this moment: its name is the definition's behind a
 * prefix, since schemas never change and a new snapshot needs a new name. Throws CliError where kcp could not serve it.
 */
export function apiResourceSchema(definition: JsonObject, prefix: string): JsonObject {
  const spec = object(own(definition, 'spec'));
  const name = `${prefix}.${text(own(object(own(definition, 'metadata')), 'name'))}`;
  const problems = isDns1123Subdomain(name);
  if (problems.length > 0)
    throw new CliError(
      problems.map((what) => `metadata.name: Invalid value: ${JSON.stringify(name)}: ${what}`).join(', '),
    );
  const versions = own(spec, 'versions');
  return {
    apiVersion: 'apis.kcp.io/v1alpha1',
    kind: 'APIResourceSchema',
    metadata: { name },
    spec: {
      group: text(own(spec, 'group')),
      names: namesOf(object(own(spec, 'names'))),
      scope: text(own(spec, 'scope')),
      versions: isArray(versions) ? versions.map((version) => versionOf(object(version))) : [],
      conversion: conversionOf(own(spec, 'conversion')),
    },
  };
}

/** As the definition's server would fill them in. */
function namesOf(names: JsonObject): JsonObject {
  const kind = text(own(names, 'kind'));
  return {
    ...names,
    singular: own(names, 'singular') || kind.toLowerCase(),
    listKind: own(names, 'listKind') || `${kind}List`,
  };
}

function versionOf(version: JsonObject): JsonObject {
  const given = VERSION_FIELDS.flatMap((name) => {
    const value = own(version, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(given),
    schema: own(object(own(version, 'schema')), 'openAPIV3Schema') ?? null,
    subresources: own(version, 'subresources') ?? {},
  };
}

function conversionOf(value: Json | undefined): JsonObject {
  const conversion = object(value);
  const strategy = text(own(conversion, 'strategy')) || 'None';
  if (strategy !== 'Webhook') return { strategy };
  const webhook = object(own(conversion, 'webhook'));
  const versions = { conversionReviewVersions: own(webhook, 'conversionReviewVersions') ?? [] };
  const client = own(webhook, 'clientConfig');
  if (!isObject(client)) return { strategy, webhook: versions };
  if (own(client, 'service') !== undefined)
    throw new CliError('webhooks that refer to services are not supported, please use URL instead');
  if (own(client, 'url') === undefined) throw new CliError('webhooks URL must be set');
  return { strategy, webhook: { ...versions, clientConfig: client } };
}

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
