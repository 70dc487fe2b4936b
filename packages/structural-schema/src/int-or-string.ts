import type { StructuralSchema } from './structural-schema.ts';

/** The one anyOf that may speak of types: `[{type: integer}, {type: string}]`. */
function isIntOrString(nodes: readonly StructuralSchema[]): boolean {
  return nodes.length === 2 && isTypeOnly(nodes[0], 'integer') && isTypeOnly(nodes[1], 'string');
}

function isTypeOnly(node: StructuralSchema | undefined, type: string): boolean {
  if (node === undefined || node.type !== type) return false;
  // `additionalProperties: false` says nothing under a junctor.
  const { additionalProperties, ...rest } = node.stored;
  return Object.keys(rest).length === 1 && (additionalProperties === undefined || additionalProperties === false);
}

/** Whether a node's anyOf is the one of int-or-string. */
export function anyOfIsIntOrString(schema: StructuralSchema): boolean {
  return isIntOrString(schema.anyOf);
}

/** Whether the anyOf of int-or-string comes first in a node's allOf. */
export function allOfIsIntOrString(schema: StructuralSchema): boolean {
  return isIntOrString(schema.allOf[0]?.anyOf ?? []);
}
