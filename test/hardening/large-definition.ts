import type { JsonObject, MutableJsonObject } from '@kcp/api-machinery';

const DESCRIPTION = 'What this is for, in about as many words as authors of real projects use for it. ';

/** Makes a schema of about so many bytes: as nested as real ones are, with patterns, defaults, enums and list types. */
export function largeSchema(bytes: number): JsonObject {
  const writer = new SchemaWriter(bytes);
  const branches: MutableJsonObject = {};
  for (let at = 0; writer.left > 0; at += 1) branches[`branch${at}`] = writer.node(6);
  return { type: 'object', properties: { spec: { type: 'object', properties: branches } } };
}

class SchemaWriter {
  left: number;
  #nodes = 0;

  constructor(bytes: number) {
    this.left = bytes;
  }

  node(depth: number): JsonObject {
    this.#nodes += 1;
    if (depth === 0 || this.left <= 0) return this.#leaf();
    const properties: MutableJsonObject = {};
    for (let at = 0; at < 6 && this.left > 0; at += 1) properties[`property${at}`] = this.node(depth - 1);
    this.left -= 150;
    const object = { type: 'object', properties, description: DESCRIPTION };
    return this.#nodes % 5 === 0 ? { type: 'array', items: object } : object;
  }

  #leaf(): JsonObject {
    this.left -= 180;
    switch (this.#nodes % 3) {
      case 0:
        return { type: 'string', description: DESCRIPTION, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 };
      case 1:
        return { type: 'integer', format: 'int32', minimum: 0, default: 3, description: DESCRIPTION };
      default:
        return { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, 'x-kubernetes-list-type': 'set' };
    }
  }
}

/** A definition of `<plural>.large.example.com`. */
export function largeDefinition(plural: string, openAPIV3Schema: JsonObject): JsonObject {
  const kind = `${plural.charAt(0).toUpperCase()}${plural.slice(1)}`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.large.example.com` },
    spec: {
      group: 'large.example.com',
      scope: 'Cluster',
      names: { plural, kind, singular: `one${plural}` },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
