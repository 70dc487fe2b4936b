import type { CustomResourceDefinition, DefinitionSpec, DefinitionStatus } from './custom-resource-definition.ts';

/** Fills in what a client may leave out: singular, listKind, conversion, ports of webhook services, storedVersions. */
export function defaultDefinition(definition: CustomResourceDefinition): CustomResourceDefinition {
  const spec = defaultSpec(definition.spec);
  return { ...definition, spec, status: defaultStatus(definition.status, spec) };
}

function defaultSpec(spec: DefinitionSpec): DefinitionSpec {
  const { kind } = spec.names;
  const singular = spec.names.singular ?? (kind === '' ? undefined : kind.toLowerCase());
  const listKind = spec.names.listKind ?? (kind === '' ? undefined : `${kind}List`);
  const names = {
    ...spec.names,
    ...(singular !== undefined && { singular }),
    ...(listKind !== undefined && { listKind }),
  };
  return { ...spec, names, conversion: defaultConversion(spec.conversion) };
}

function defaultConversion(conversion: DefinitionSpec['conversion']): NonNullable<DefinitionSpec['conversion']> {
  if (conversion === undefined) return { strategy: 'None' };
  const webhook = conversion.webhook;
  const service = webhook?.clientConfig?.service;
  if (webhook === undefined || service === undefined || service.port !== undefined) return conversion;
  const clientConfig = { ...webhook.clientConfig, service: { ...service, port: 443 } };
  return { ...conversion, webhook: { ...webhook, clientConfig } };
}

function defaultStatus(status: DefinitionStatus, spec: DefinitionSpec): DefinitionStatus {
  if (status.storedVersions !== null && status.storedVersions.length > 0) return status;
  const storage = spec.versions?.find((version) => version.storage);
  return storage === undefined ? status : { ...status, storedVersions: [storage.name] };
}

/** The status of a definition that was just made: nothing accepted, nothing established. */
export function initialStatus(spec: DefinitionSpec): DefinitionStatus {
  return defaultStatus({ conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null }, spec);
}
