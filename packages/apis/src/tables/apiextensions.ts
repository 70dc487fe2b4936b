import type { SchemaOrType, StructType } from '../table.ts';
import { list, listMap, map, struct } from '../table.ts';
import { ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

const ExternalDocumentation = struct(`${V1}.ExternalDocumentation`, 'A link to more words.', () => ({
  description: [1, 'string', 'filled', 'What is found there.'],
  url: [2, 'string', 'filled', 'Where it is.'],
}));

const ValidationRule = struct(`${V1}.ValidationRule`, 'A CEL expression that must hold.', () => ({
  rule: [1, 'string', 'required', 'The expression; `self` is the value it stands on.'],
  message: [2, 'string', 'filled', 'What to say when it does not hold.'],
  messageExpression: [3, 'string', 'filled', 'An expression that says it.'],
  reason: [4, 'string', 'pointer', 'Reason of the failure; FieldValueInvalid if not given.'],
  fieldPath: [5, 'string', 'filled', 'Path below the value that the failure names.'],
  optionalOldSelf: [6, 'bool', 'pointer', 'Whether the rule runs on creation too, with an optional oldSelf.'],
}));

const schemaOrArray: SchemaOrType = {
  kind: 'schemaOr',
  name: `${V1}.JSONSchemaPropsOrArray`,
  description: 'A schema, or a list of them.',
  alternative: 'schemas',
  schema: () => JSONSchemaProps,
};
const schemaOrBool: SchemaOrType = {
  kind: 'schemaOr',
  name: `${V1}.JSONSchemaPropsOrBool`,
  description: 'A schema, or whether anything is allowed.',
  alternative: 'bool',
  schema: () => JSONSchemaProps,
};
const schemaOrStrings: SchemaOrType = {
  kind: 'schemaOr',
  name: `${V1}.JSONSchemaPropsOrStringArray`,
  description: 'A schema, or a list of names.',
  alternative: 'strings',
  schema: () => JSONSchemaProps,
};

/** A JSON schema as CustomResourceDefinitions bear it. */
export const JSONSchemaProps: StructType = struct(
  `${V1}.JSONSchemaProps`,
  'A JSON schema (OpenAPI v3 subset).',
  () => ({
    id: [1, 'string', 'filled', 'Not allowed.'],
    $schema: [2, 'string', 'filled', 'Not used.'],
    $ref: [3, 'string', 'pointer', 'Not allowed.'],
    description: [4, 'string', 'filled', 'What the value is, for humans.'],
    type: [5, 'string', 'filled', 'array, boolean, integer, number, object or string.'],
    format: [6, 'string', 'filled', 'A format that the value must have; unknown ones are ignored.'],
    title: [7, 'string', 'filled', 'A heading.'],
    default: [8, 'json', 'pointer', 'What an absent field becomes.'],
    maximum: [9, 'double', 'pointer', 'Largest number.'],
    exclusiveMaximum: [10, 'bool', 'filled', 'Whether maximum itself is excluded.'],
    minimum: [11, 'double', 'pointer', 'Smallest number.'],
    exclusiveMinimum: [12, 'bool', 'filled', 'Whether minimum itself is excluded.'],
    maxLength: [13, 'int64', 'pointer', 'Most characters.'],
    minLength: [14, 'int64', 'pointer', 'Fewest characters.'],
    pattern: [15, 'string', 'filled', 'A regular expression that must match somewhere.'],
    maxItems: [16, 'int64', 'pointer', 'Most items.'],
    minItems: [17, 'int64', 'pointer', 'Fewest items.'],
    uniqueItems: [18, 'bool', 'filled', 'Must be false; use x-kubernetes-list-type set.'],
    multipleOf: [19, 'double', 'pointer', 'The number must be a multiple of it.'],
    enum: [20, list('json'), 'filled', 'The values that are allowed.'],
    maxProperties: [21, 'int64', 'pointer', 'Most fields.'],
    minProperties: [22, 'int64', 'pointer', 'Fewest fields.'],
    required: [23, list('string'), 'filled', 'Fields that must be there.'],
    items: [24, schemaOrArray, 'pointer', 'Schema of the items of a list.'],
    allOf: [25, list(JSONSchemaProps), 'filled', 'All of these must hold.'],
    oneOf: [26, list(JSONSchemaProps), 'filled', 'Exactly one of these must hold.'],
    anyOf: [27, list(JSONSchemaProps), 'filled', 'At least one of these must hold.'],
    not: [28, JSONSchemaProps, 'pointer', 'This must not hold.'],
    properties: [29, map(JSONSchemaProps), 'filled', 'Schemas of the fields.'],
    additionalProperties: [30, schemaOrBool, 'pointer', 'Schema of the values of a map.'],
    patternProperties: [31, map(JSONSchemaProps), 'filled', 'Not allowed.'],
    dependencies: [32, map(schemaOrStrings), 'filled', 'Not allowed.'],
    additionalItems: [33, schemaOrBool, 'pointer', 'Not allowed.'],
    definitions: [34, map(JSONSchemaProps), 'filled', 'Not allowed.'],
    externalDocs: [35, ExternalDocumentation, 'pointer', 'A link to more words.'],
    example: [36, 'json', 'pointer', 'An example, for humans.'],
    nullable: [37, 'bool', 'filled', 'Whether null is a value.'],
    'x-kubernetes-preserve-unknown-fields': [38, 'bool', 'pointer', 'True: fields that no schema names are kept.'],
    'x-kubernetes-embedded-resource': [
      39,
      'bool',
      'filled',
      'True: the value is a whole object with kind and metadata.',
    ],
    'x-kubernetes-int-or-string': [40, 'bool', 'filled', 'True: an integer or a text.'],
    'x-kubernetes-list-map-keys': [41, list('string'), 'filled', 'Fields that identify the items of a map list.'],
    'x-kubernetes-list-type': [42, 'string', 'pointer', 'atomic, set or map.'],
    'x-kubernetes-map-type': [43, 'string', 'pointer', 'granular or atomic.'],
    'x-kubernetes-validations': [44, listMap(ValidationRule, 'rule'), 'filled', 'CEL rules that must hold.'],
  }),
);

const ServiceReference = struct(`${V1}.ServiceReference`, 'A service to call.', () => ({
  namespace: [1, 'string', 'required', 'Its namespace.'],
  name: [2, 'string', 'required', 'Its name.'],
  path: [3, 'string', 'pointer', 'URL path to call.'],
  port: [4, 'int32', 'pointer', 'Port to call; 443 if not given.'],
}));

const WebhookClientConfig = struct(`${V1}.WebhookClientConfig`, 'How to reach a webhook.', () => ({
  url: [3, 'string', 'pointer', 'Where it is; instead of service.'],
  service: [1, ServiceReference, 'pointer', 'Service that answers; instead of url.'],
  caBundle: [2, 'base64', 'filled', 'PEM certificates that its certificate must chain to.'],
}));

const WebhookConversion = struct(`${V1}.WebhookConversion`, 'Conversion by a webhook.', () => ({
  clientConfig: [2, WebhookClientConfig, 'pointer', 'How to reach it.'],
  conversionReviewVersions: [
    3,
    list('string'),
    'required',
    'Versions of ConversionReview that it understands, best first.',
  ],
}));

const CustomResourceConversion = struct(`${V1}.CustomResourceConversion`, 'How versions become each other.', () => ({
  strategy: [1, 'string', 'required', 'None (only apiVersion changes) or Webhook.'],
  webhook: [2, WebhookConversion, 'pointer', 'The webhook, for strategy Webhook.'],
}));

const CustomResourceDefinitionNames = struct(`${V1}.CustomResourceDefinitionNames`, 'What the kind is called.', () => ({
  plural: [1, 'string', 'required', 'Plural, as URLs have it; lower case.'],
  singular: [2, 'string', 'filled', 'Singular for the command line; the lower-cased kind if not given.'],
  shortNames: [3, list('string'), 'filled', 'Short names for the command line.'],
  kind: [4, 'string', 'required', 'Kind, in CamelCase and singular.'],
  listKind: [5, 'string', 'filled', 'Kind of lists; kind and List if not given.'],
  categories: [6, list('string'), 'filled', 'Groups of kinds, such as all, that kubectl gets at once.'],
}));

const CustomResourceSubresourceScale = struct(
  `${V1}.CustomResourceSubresourceScale`,
  'Where a Scale finds its values.',
  () => ({
    specReplicasPath: [1, 'string', 'required', 'JSON path below spec of the wanted replicas.'],
    statusReplicasPath: [2, 'string', 'required', 'JSON path below status of the observed replicas.'],
    labelSelectorPath: [3, 'string', 'pointer', 'JSON path of a text with a label selector.'],
  }),
);

const CustomResourceSubresourceStatus = struct(
  `${V1}.CustomResourceSubresourceStatus`,
  'Status is written through /status only.',
  () => ({}),
);

const CustomResourceSubresources = struct(`${V1}.CustomResourceSubresources`, 'Sub-resources that are served.', () => ({
  status: [1, CustomResourceSubresourceStatus, 'pointer', 'Serves /status.'],
  scale: [2, CustomResourceSubresourceScale, 'pointer', 'Serves /scale.'],
}));

const CustomResourceValidation = struct(`${V1}.CustomResourceValidation`, 'The schema of a version.', () => ({
  openAPIV3Schema: [1, JSONSchemaProps, 'pointer', 'The schema; must be structural.'],
}));

const CustomResourceColumnDefinition = struct(
  `${V1}.CustomResourceColumnDefinition`,
  'A column that kubectl get prints.',
  () => ({
    name: [1, 'string', 'required', 'Heading.'],
    type: [2, 'string', 'required', 'OpenAPI type of the cells.'],
    format: [3, 'string', 'filled', 'OpenAPI format of the cells.'],
    description: [4, 'string', 'filled', 'What the column shows.'],
    priority: [5, 'int32', 'filled', 'Above 0: only in wide output.'],
    jsonPath: [6, 'string', 'required', 'JSON path of the cell.'],
  }),
);

const SelectableField = struct(`${V1}.SelectableField`, 'A field that field selectors may name.', () => ({
  jsonPath: [1, 'string', 'required', 'Simple JSON path of the field.'],
}));

const CustomResourceDefinitionVersion = struct(
  `${V1}.CustomResourceDefinitionVersion`,
  'One version of the kind.',
  () => ({
    name: [1, 'string', 'required', 'Its name: v1, v2beta1.'],
    served: [2, 'bool', 'required', 'Whether the API serves it.'],
    storage: [3, 'bool', 'required', 'Whether objects are stored in it; exactly one version.'],
    deprecated: [7, 'bool', 'filled', 'Whether requests get a warning.'],
    deprecationWarning: [8, 'string', 'pointer', 'The warning, instead of the usual one.'],
    schema: [4, CustomResourceValidation, 'pointer', 'Its schema.'],
    subresources: [5, CustomResourceSubresources, 'pointer', 'Its sub-resources.'],
    additionalPrinterColumns: [
      6,
      list(CustomResourceColumnDefinition),
      'filled',
      'Columns beside the name; Age if none is given.',
    ],
    selectableFields: [9, list(SelectableField), 'filled', 'Fields that field selectors may name.'],
  }),
);

const CustomResourceDefinitionSpec = struct(`${V1}.CustomResourceDefinitionSpec`, 'What is to be served.', () => ({
  group: [1, 'string', 'required', 'API group of the kind.'],
  names: [3, CustomResourceDefinitionNames, 'required', 'What the kind is called.'],
  scope: [4, 'string', 'required', 'Cluster or Namespaced.'],
  versions: [7, list(CustomResourceDefinitionVersion), 'required', 'Versions of the kind.'],
  conversion: [9, CustomResourceConversion, 'pointer', 'How versions become each other.'],
  preserveUnknownFields: [10, 'bool', 'filled', 'Must be false.'],
}));

const CustomResourceDefinitionCondition = struct(
  `${V1}.CustomResourceDefinitionCondition`,
  'One aspect of the state of a definition.',
  () => ({
    type: [1, 'string', 'required', 'Established, NamesAccepted, NonStructuralSchema, Terminating, …'],
    status: [2, 'string', 'required', 'True, False or Unknown.'],
    lastTransitionTime: [3, 'time', 'always', 'When the status last changed.'],
    reason: [4, 'string', 'filled', 'Why, in one word.'],
    message: [5, 'string', 'filled', 'Why, for humans.'],
    observedGeneration: [6, 'int64', 'filled', 'Generation of the definition that was looked at.'],
  }),
);

const CustomResourceDefinitionStatus = struct(
  `${V1}.CustomResourceDefinitionStatus`,
  'What the server makes of a definition.',
  () => ({
    conditions: [1, listMap(CustomResourceDefinitionCondition, 'type', false), 'always', 'Aspects of its state.'],
    acceptedNames: [
      2,
      CustomResourceDefinitionNames,
      'always',
      'Names that are served; others may be taken by another definition.',
    ],
    storedVersions: [3, list('string'), 'always', 'Versions in which objects may be stored.'],
    observedGeneration: [4, 'int64', 'filled', 'Generation of the definition that was looked at.'],
  }),
);

/** apiextensions.k8s.io/v1 CustomResourceDefinition. */
export const CustomResourceDefinition = struct(
  `${V1}.CustomResourceDefinition`,
  'A kind that this logical cluster serves beside the built-in ones.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata; the name is <plural>.<group>.'],
    spec: [2, CustomResourceDefinitionSpec, 'required', 'What is to be served.'],
    status: [3, CustomResourceDefinitionStatus, 'always', 'What the server makes of it.'],
  }),
);
