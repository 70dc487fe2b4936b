import type { Json, JsonObject } from '@kcp/api-machinery';

/** One entry of `x-kubernetes-validations`; the texts are CEL and are not looked into here. */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string | undefined;
  readonly messageExpression: string | undefined;
  readonly reason: string | undefined;
  readonly fieldPath: string | undefined;
  readonly optionalOldSelf: boolean | undefined;
}

/** What JSONSchemaProps can spell and a structural schema may not have; kept so that it can be refused by name. */
export interface UnsupportedKeywords {
  readonly id: string;
  readonly schema: string;
  readonly ref: string | undefined;
  readonly itemsList: readonly StructuralSchema[] | undefined;
  readonly patternProperties: ReadonlyMap<string, StructuralSchema>;
  readonly dependencies: ReadonlyMap<string, StructuralSchema | undefined> | undefined;
  readonly additionalItems: StructuralSchema | boolean | undefined;
  readonly definitions: ReadonlyMap<string, StructuralSchema>;
}

/**
 * A schema of a custom resource's version: JSONSchemaProps of apiextensions.k8s.io/v1 after decoding. Every node has
 * every field, so that all nodes have one shape; what the author left out is '' or false or undefined or empty. The
 * same type describes the nodes under allOf, anyOf, oneOf and not. Values are never changed.
 */
export interface StructuralSchema {
  /** object, array, string, integer, number, boolean, or '' where the author gave none. */
  readonly type: string;
  readonly nullable: boolean;
  /** undefined where there is none; `default: null` counts as none, as in Kubernetes. */
  readonly default: Json | undefined;
  readonly description: string;
  readonly title: string;
  readonly externalDocs: { readonly description: string; readonly url: string } | undefined;
  readonly example: Json | undefined;

  readonly properties: ReadonlyMap<string, StructuralSchema>;
  readonly items: StructuralSchema | undefined;
  readonly additionalProperties: StructuralSchema | boolean | undefined;

  readonly format: string;
  readonly pattern: string;
  readonly maximum: number | undefined;
  readonly minimum: number | undefined;
  readonly exclusiveMaximum: boolean;
  readonly exclusiveMinimum: boolean;
  readonly multipleOf: number | undefined;
  readonly maxLength: number | undefined;
  readonly minLength: number | undefined;
  readonly maxItems: number | undefined;
  readonly minItems: number | undefined;
  readonly uniqueItems: boolean;
  readonly maxProperties: number | undefined;
  readonly minProperties: number | undefined;
  readonly required: readonly string[];
  readonly enum: readonly Json[];
  readonly allOf: readonly StructuralSchema[];
  readonly anyOf: readonly StructuralSchema[];
  readonly oneOf: readonly StructuralSchema[];
  readonly not: StructuralSchema | undefined;

  /** undefined where the author said nothing; false is spelled but refused by validation. */
  readonly preserveUnknownFields: boolean | undefined;
  readonly embeddedResource: boolean;
  readonly intOrString: boolean;
  readonly listType: string | undefined;
  readonly listMapKeys: readonly string[];
  readonly mapType: string | undefined;
  readonly validations: readonly ValidationRule[];

  readonly unsupported: UnsupportedKeywords | undefined;
  /** The node as JSON in the form that is stored: known keywords only, empty ones left out. */
  readonly stored: JsonObject;
}
