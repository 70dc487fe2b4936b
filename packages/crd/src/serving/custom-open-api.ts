import { kindTable, ListMeta, openApiDefinitions } from '@kcp/apis';
import type { JsonObject } from '@kcp/api-machinery';
import type { OpenApiDefinitions } from '@kcp/apiserver';
import { publishOpenApi } from '@kcp/structural-schema';
import type { KindVersion } from './kind-version.ts';

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
const GVK = 'x-kubernetes-group-version-kind';
const TYPE_META: Readonly<Record<string, JsonObject>> = {
  apiVersion: {
    description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}#resources`,
    type: 'string',
  },
  kind: {
    description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
    type: 'string',
  },
};

const LIST_METADATA: JsonObject = {
  allOf: [reference(ListMeta.name)],
  description: `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`,
};

/** What the documents of a custom kind are made of. */
export interface CustomOpenApi {
  readonly kind: KindVersion;
  readonly listKind: string;
  readonly plural: string;
}

/** The OpenAPI v3 definitions of a custom kind and its list (apiextensions controller/openapi/builder). */
export function customOpenApi({ kind, listKind, plural }: CustomOpenApi): OpenApiDefinitions {
  const { gvk } = kind;
  const name = modelName(gvk.group, gvk.version, gvk.kind);
  const published = publishOpenApi(kind.written(), { version: 3 });
  const items = { description: `List of ${plural}. More info: ${CONVENTIONS}`, type: 'array', items: reference(name) };
  return {
    name,
    schemas: {
      ...metadataDefinitions(),
      [name]: { ...published, [GVK]: [{ ...gvk }] },
      [modelName(gvk.group, gvk.version, listKind)]: {
        description: `${listKind} is a list of ${gvk.kind}`,
        type: 'object',
        required: ['items'],
        properties: { ...TYPE_META, items, metadata: LIST_METADATA },
        [GVK]: [{ ...gvk, kind: listKind }],
      },
    },
  };
}

/** `com.example.v1.Widget`: the group's segments in reverse order. */
export function modelName(group: string, version: string, kind: string): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

const MACHINERY = 'io.k8s.apimachinery.';
let shared: OpenApiDefinitions['schemas'] | undefined;

/** The definitions that every kind's documents have: metadata and what it holds, options, Status. Those of any built-in kind. */
function metadataDefinitions(): OpenApiDefinitions['schemas'] {
  if (shared === undefined) {
    const table = kindTable('', 'ConfigMap');
    const { schemas } = openApiDefinitions(table.type, table);
    shared = Object.fromEntries(Object.entries(schemas).filter(([name]) => name.startsWith(MACHINERY)));
  }
  return shared;
}
