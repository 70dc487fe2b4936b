import { declareSchema, escapeName, kubernetesEnvironment, optionalType } from '@kcp/cel';
import type { DeclaredType, Environment, SchemaTypes } from '@kcp/cel';
import type { StructuralSchema } from '../structural-schema.ts';

/** What expressions call the type of `self`; Kubernetes takes another name each time, so that nobody leans on it. */
const SELF_TYPE = 'selfType';

/** What the rules of a node can see: the type of `self`, and the types around it. */
export interface RuleScope {
  readonly declared: DeclaredType;
  readonly types: SchemaTypes;
}

/** The scope of a node by itself; undefined where expressions can't see it, for want of a type. */
export function declareScope(schema: StructuralSchema, isRoot: boolean): RuleScope | undefined {
  // read from the stored JSON, which has the known keywords only: no copy is kept
  const types = declareSchema(schema.stored, SELF_TYPE, isRoot || schema.embeddedResource);
  return types.root && { declared: types.root, types };
}

/** The scope of a property: that of the object around it where expressions can name it, else its own. */
export function propertyScope(
  scope: RuleScope | undefined,
  name: string,
  schema: StructuralSchema,
): RuleScope | undefined {
  const escaped = escapeName(name);
  const declared = escaped === undefined ? undefined : scope?.declared.fields?.get(escaped)?.declared;
  return declared === undefined || scope === undefined ? declareScope(schema, false) : { declared, types: scope.types };
}

/** The scope of the items of a list, or the values of a map. */
export function elementScope(scope: RuleScope | undefined, schema: StructuralSchema): RuleScope | undefined {
  const declared = scope?.declared.element;
  return declared === undefined || scope === undefined ? declareScope(schema, false) : { declared, types: scope.types };
}

/** The language of a node's rules. With `isOptional`, `oldSelf` is an optional value: such rules run on create too. */
export function ruleEnvironment({ declared, types }: RuleScope, isOptional: boolean): Environment {
  const { type } = declared;
  return kubernetesEnvironment.extend({
    provider: types,
    variables: [
      { name: 'self', type },
      { name: 'oldSelf', type: isOptional ? optionalType(type) : type },
    ],
  });
}
