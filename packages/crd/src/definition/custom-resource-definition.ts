import type { GroupResource, JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Bucket } from '@kcp/object-store';

// Type aliases rather than interfaces, so that a definition is a KubeObject without a cast: only those get an implicit index signature.

/** What a kind is called: spec.names, and status.acceptedNames after naming. */
export type DefinitionNames = {
  readonly plural: string;
  readonly kind: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly listKind?: string;
  readonly categories?: readonly string[];
};

/** One of additionalPrinterColumns. */
export type PrinterColumn = {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
};

/** subresources.scale: where the parts of an autoscaling Scale lie, as simple JSON paths. */
export type ScalePaths = {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
};

/** Which sub-resources a version has. */
export type DefinitionSubresources = {
  readonly status?: JsonObject;
  readonly scale?: ScalePaths;
};

/** One field that field selectors may name. */
export type SelectableField = { readonly jsonPath: string };

/** A version's schema, as JSON: structural-schema reads it. */
export type DefinitionSchema = { readonly openAPIV3Schema?: JsonObject };

/** One of spec.versions. */
export type DefinitionVersion = {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: DefinitionSchema;
  readonly subresources?: DefinitionSubresources;
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly SelectableField[];
};

/** How a conversion webhook is reached. */
export type WebhookClientConfig = {
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port?: number;
  };
  readonly caBundle?: string;
};

/** spec.conversion. */
export type Conversion = {
  readonly strategy: string;
  readonly webhook?: {
    readonly clientConfig?: WebhookClientConfig;
    readonly conversionReviewVersions: readonly string[] | null;
  };
};

/** A definition's spec after decoding and defaulting. */
export type DefinitionSpec = {
  readonly group: string;
  readonly names: DefinitionNames;
  readonly scope: string;
  /** null where a client sent none, as a Go server keeps it. */
  readonly versions: readonly DefinitionVersion[] | null;
  readonly conversion?: Conversion;
  readonly preserveUnknownFields?: boolean;
};

/** The conditions a definition may have. */
export type DefinitionConditionType =
  | 'Established'
  | 'NamesAccepted'
  | 'NonStructuralSchema'
  | 'KubernetesAPIApprovalPolicyConformant'
  | 'Terminating';

/** One of status.conditions. */
export type DefinitionCondition = {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime: string | null;
  readonly reason?: string;
  readonly message?: string;
};

/** A definition's status after decoding. */
export type DefinitionStatus = {
  readonly conditions: readonly DefinitionCondition[] | null;
  readonly acceptedNames: DefinitionNames;
  readonly storedVersions: readonly string[] | null;
};

/** A CustomResourceDefinition of apiextensions.k8s.io/v1 after decoding and defaulting. */
export type CustomResourceDefinition = KubeObject & {
  readonly spec: DefinitionSpec;
  readonly status: DefinitionStatus;
};

/** The finalizer that holds a definition until its instances are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** What definitions are called in URLs and messages. */
export const definitionGroupResource: GroupResource = {
  group: 'apiextensions.k8s.io',
  resource: 'customresourcedefinitions',
};

/** Where definitions are stored. */
export const definitionBucket: Bucket = definitionGroupResource;

/** spec.versions, empty where there is none. */
export function versionsOf(definition: CustomResourceDefinition): readonly DefinitionVersion[] {
  return definition.spec.versions ?? [];
}

/** The version in which instances are stored; undefined only in definitions that were never validated. */
export function storageVersionOf(definition: CustomResourceDefinition): DefinitionVersion | undefined {
  return versionsOf(definition).find((version) => version.storage);
}

/** The name a definition of this group and plural must have; kinds of the core group are written `pods.core`. */
export function definitionName({ group, resource }: GroupResource): string {
  return `${resource}.${group === '' ? 'core' : group}`;
}
