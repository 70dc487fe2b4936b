import type { GroupVersionKind, Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import type { FieldRow, ListType, StructType, ValueType } from './table.ts';
import { goName, struct } from './table.ts';
import {
  DeleteOptions,
  FIELDS_V1_DEFINITION,
  LabelSelector,
  ListMeta,
  MICRO_TIME_DEFINITION,
  ObjectMeta,
  QUANTITY_DEFINITION,
  RAW_EXTENSION_DEFINITION,
  Status,
  TIME_DEFINITION,
  WatchEvent,
} from './tables/meta.ts';

/** OpenAPI definitions by name, as `#/components/schemas` holds them. */
export type Definitions = Readonly<Record<string, JsonObject>>;

const GVK = 'x-kubernetes-group-version-kind';
const PATCH_DEFINITION = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';

const SIMPLE: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  base64: { type: 'string', format: 'byte' },
};

/** Definitions of scalars that have one of their own. */
const NAMED: Readonly<Record<string, { name: string; schema: JsonObject }>> = {
  time: {
    name: TIME_DEFINITION,
    schema: { description: 'A time in RFC 3339, with seconds.', type: 'string', format: 'date-time' },
  },
  microTime: {
    name: MICRO_TIME_DEFINITION,
    schema: { description: 'A time in RFC 3339, with microseconds.', type: 'string', format: 'date-time' },
  },
  quantity: {
    name: QUANTITY_DEFINITION,
    schema: {
      description:
        'An amount: a decimal number with a suffix n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or an exponent.',
      oneOf: [{ type: 'string' }, { type: 'number' }],
    },
  },
  object: { name: RAW_EXTENSION_DEFINITION, schema: { description: 'An object of any kind.', type: 'object' } },
};

const ZERO: Readonly<Record<string, Json>> = { string: '', bool: false, int32: 0, int64: 0, double: 0 };

/** Collects the definitions that a type needs. */
class Collector {
  readonly schemas: Record<string, JsonObject> = {};

  reference(name: string): JsonObject {
    return { $ref: `#/components/schemas/${name}` };
  }

  #named(name: string, schema: JsonObject): JsonObject {
    this.schemas[name] ??= schema;
    return this.reference(name);
  }

  #json(owner: string): JsonObject {
    const isMeta = owner.startsWith('io.k8s.apimachinery');
    const name = isMeta ? FIELDS_V1_DEFINITION : `${owner.slice(0, owner.lastIndexOf('.'))}.JSON`;
    const description = isMeta ? 'Paths of fields, as a tree.' : 'Any JSON value.';
    return this.#named(name, isMeta ? { description, type: 'object' } : { description });
  }

  /** A schema without description, for a value of a type that `owner` has. */
  value(type: ValueType, owner: string): JsonObject {
    if (typeof type === 'string') {
      if (type === 'json') return this.#json(owner);
      const named = NAMED[type];
      return named ? this.#named(named.name, named.schema) : (SIMPLE[type] ?? {});
    }
    if (type.kind === 'struct') return this.struct(type);
    if (type.kind === 'schemaOr') return this.#named(type.name, { description: type.description });
    if (type.kind === 'map') return { type: 'object', additionalProperties: this.#item(type.of, owner) };
    return { type: 'array', items: this.#item(type.of, owner), ...listExtensions(type) };
  }

  #item(type: ValueType, owner: string): JsonObject {
    const schema = this.value(type, owner);
    const zero = zeroOf(type);
    return zero === undefined ? schema : { ...besideReference(schema), default: zero };
  }

  #field(row: FieldRow, owner: string): JsonObject {
    const [, type, presence, description, extra] = row;
    const zero = presence === 'required' || presence === 'always' ? zeroOf(type) : undefined;
    const initial = extra?.default ?? zero;
    return {
      description,
      ...besideReference(this.value(type, owner)),
      ...(initial !== undefined && { default: initial }),
      ...(extra?.enum && { enum: extra.enum }),
    };
  }

  /** Adds the definition of a type and all it needs; gives the reference to it. */
  struct(type: StructType): JsonObject {
    if (this.schemas[type.name] === undefined) {
      this.schemas[type.name] = {};
      this.schemas[type.name] = this.properties(type);
    }
    return this.reference(type.name);
  }

  properties(type: StructType, first: Readonly<Record<string, JsonObject>> = {}): JsonObject {
    const properties: MutableJsonObject = { ...first };
    const required: string[] = [];
    for (const [name, row] of Object.entries(type.fields())) {
      properties[name] = this.#field(row, type.name);
      if (row[2] === 'required' || row[4]?.required) required.push(name);
    }
    return {
      description: type.description,
      type: 'object',
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required }),
      ...(type.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    };
  }
}

/** A reference cannot have siblings; it goes into allOf where it has. */
function besideReference(schema: JsonObject): JsonObject {
  return '$ref' in schema ? { allOf: [schema] } : schema;
}

function zeroOf(type: ValueType): Json | undefined {
  if (typeof type === 'string') return ZERO[type];
  return type.kind === 'struct' ? {} : undefined;
}

function listExtensions(type: ListType): JsonObject {
  return {
    'x-kubernetes-list-type': type.listType,
    ...(type.keys.length > 0 && { 'x-kubernetes-list-map-keys': type.keys }),
    ...(typeof type.merge === 'string' && { 'x-kubernetes-patch-merge-key': type.merge }),
    ...(type.merge !== undefined && { 'x-kubernetes-patch-strategy': 'merge' }),
  };
}

const TYPE_META: Readonly<Record<string, JsonObject>> = {
  apiVersion: { description: 'Group and version of this representation of the object.', type: 'string' },
  kind: { description: 'Kind of the object, in CamelCase.', type: 'string' },
};

function listDefinition(collector: Collector, name: string, description: string, metadata: JsonObject): JsonObject {
  const items = { ...besideReference(collector.reference(name)), default: {} };
  return {
    description,
    type: 'object',
    properties: { ...TYPE_META, items: { description: 'The objects.', type: 'array', items }, metadata },
    required: ['items'],
  };
}

const ScaleSpec = struct('io.k8s.api.autoscaling.v1.ScaleSpec', 'How many replicas are wanted.', () => ({
  replicas: [1, 'int32', 'filled', 'Wanted replicas.'],
}));
const ScaleStatus = struct('io.k8s.api.autoscaling.v1.ScaleStatus', 'How many replicas there are.', () => ({
  replicas: [1, 'int32', 'required', 'Replicas that there are.'],
  selector: [2, 'string', 'filled', 'Label selector of the replicas.'],
}));
const Scale = struct('io.k8s.api.autoscaling.v1.Scale', 'The replicas of a resource.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  spec: [2, ScaleSpec, 'always', 'How many replicas are wanted.'],
  status: [3, ScaleStatus, 'always', 'How many replicas there are.'],
}));

/** Definitions that documents of any group may refer to: metadata, options, Status, watch events, Scale. */
export function sharedDefinitions(): Definitions {
  const collector = new Collector();
  for (const type of [ObjectMeta, ListMeta, LabelSelector]) collector.struct(type);
  for (const [type, group] of [
    [DeleteOptions, ''],
    [Status, ''],
    [Scale, 'autoscaling'],
  ] as const) {
    const gvk = { group, kind: goName(type), version: 'v1' };
    collector.schemas[type.name] = { ...collector.properties(type, TYPE_META), [GVK]: [gvk] };
  }
  const watchEvent = { group: '', kind: 'WatchEvent', version: 'v1' };
  collector.schemas[WatchEvent.name] = { ...collector.properties(WatchEvent), [GVK]: [watchEvent] };
  collector.schemas[PATCH_DEFINITION] = { description: 'A patch, in one of the patch media types.', type: 'object' };
  return collector.schemas;
}

/** The OpenAPI v3 definitions of an object kind: its own, its list's under the same name with `List`, what both refer to. */
export function openApiDefinitions(type: StructType, gvk: GroupVersionKind): { name: string; schemas: Definitions } {
  const collector = new Collector();
  const { group, version, kind } = gvk;
  collector.schemas[type.name] = { ...collector.properties(type, TYPE_META), [GVK]: [{ group, kind, version }] };
  const metadata = {
    description: 'Standard list metadata.',
    ...besideReference(collector.struct(ListMeta)),
    default: {},
  };
  collector.schemas[`${type.name}List`] = {
    ...listDefinition(collector, type.name, `A list of objects of kind ${kind}.`, metadata),
    [GVK]: [{ group, kind: `${kind}List`, version }],
  };
  return { name: type.name, schemas: collector.schemas };
}
