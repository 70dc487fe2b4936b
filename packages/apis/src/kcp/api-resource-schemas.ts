import { AGE, kindDefinition, kindSchema, version } from './kind-definition.ts';
import { anyObject, flag, integer, list, rule, strings, struct, text } from './schema.ts';
import { VERSION_PATTERN } from './shared-shapes.ts';

const webhook = struct(
  'How the webhook is called.',
  {
    clientConfig: struct('Where it is.', {
      caBundle: text('Certificates by which its own is checked, in PEM, as base64.', { format: 'byte' }),
      url: text('Its URL, by https.', { format: 'uri' }),
    }),
    conversionReviewVersions: list('Versions of ConversionReview that it knows, best first.', strings, {
      listType: 'atomic',
    }),
  },
  { required: ['conversionReviewVersions'] },
);

const conversion = struct(
  'How objects get from one version to another.',
  {
    strategy: text('None: only apiVersion changes. Webhook: a webhook does it.', { enum: ['None', 'Webhook'] }),
    webhook,
  },
  {
    required: ['strategy'],
    rules: [
      rule(
        "(self.strategy == 'None' && !has(self.webhook))  || (self.strategy == 'Webhook' && has(self.webhook))",
        'Webhook must be specified if strategy=Webhook',
      ),
    ],
  },
);

const names = struct(
  'What it is called.',
  {
    categories: list('Groups of resources that it is listed with, as `all`.', strings, { listType: 'atomic' }),
    kind: text('Kind of one object, in CamelCase.'),
    listKind: text('Kind of a list; by default the kind and `List`.'),
    plural: text('Name in URLs.'),
    shortNames: list('Shorter names for command lines.', strings, { listType: 'atomic' }),
    singular: text('Name of one in lower case; by default the kind.'),
  },
  { required: ['kind', 'plural'] },
);

const printerColumn = struct(
  'One column.',
  {
    description: text('What it shows.'),
    format: text('Format of its values, as OpenAPI has it.'),
    jsonPath: text('Where its values are.'),
    name: text('What stands above it.'),
    priority: integer('Columns above 0 are for wide tables only.', { format: 'int32' }),
    type: text('Type of its values, as OpenAPI has it.'),
  },
  { required: ['jsonPath', 'name', 'type'] },
);

const scale = struct(
  'Where the parts of an autoscaling Scale are.',
  {
    labelSelectorPath: text('Path of the selector in the status.'),
    specReplicasPath: text('Path of the number that is wanted.'),
    statusReplicasPath: text('Path of the number that there is.'),
  },
  { required: ['specReplicasPath', 'statusReplicasPath'] },
);

const resourceVersion = struct(
  'One version.',
  {
    additionalPrinterColumns: list('What a table shows.', printerColumn, { listType: 'map', listKeys: ['name'] }),
    deprecated: flag('Whether clients of this version are warned.'),
    deprecationWarning: text('What they are told instead of the usual.'),
    name: text('Name in URLs, as v1beta1.', { minLength: 1, pattern: VERSION_PATTERN }),
    schema: anyObject('The structural schema of objects in this version.', {
      mapType: 'atomic',
      preserveUnknownFields: true,
    }),
    selectableFields: list(
      'Fields that field selectors may name, 8 at most.',
      struct('One field.', { jsonPath: text('Where it is.') }, { required: ['jsonPath'] }),
      { listType: 'atomic' },
    ),
    served: flag('Whether clients can use this version.', { default: true }),
    storage: flag('Whether objects are stored in this version; true of exactly one.'),
    subresources: struct('Which sub-resources there are.', {
      scale,
      status: anyObject('That the status is a sub-resource.'),
    }),
  },
  { required: ['name', 'schema', 'served', 'storage'] },
);

const spec = struct(
  'The resource, as a CustomResourceDefinition would have it.',
  {
    conversion,
    group: text('API group; empty for the core group.'),
    nameValidation: text('Which names objects may have.', {
      default: 'DNS1123Subdomain',
      enum: ['DNS1123Subdomain', 'PathSegmentName'],
    }),
    names,
    scope: text('Whether objects are in namespaces.', { enum: ['Cluster', 'Namespaced'] }),
    versions: list('Its versions.', resourceVersion, { minItems: 1, listType: 'map', listKeys: ['name'] }),
  },
  {
    required: ['group', 'names', 'scope', 'versions'],
    rules: [
      rule(
        'size(self.versions) == 1 || (size(self.versions) > 1 && has(self.conversion))',
        'Conversion must be specified when multiple versions exist',
      ),
    ],
  },
);

/** APIResourceSchema: a resource that exports may refer to; it never changes. */
export const apiResourceSchema = kindDefinition({
  group: 'apis.kcp.io',
  kind: 'APIResourceSchema',
  versions: [
    version({
      name: 'v1alpha1',
      subresources: 'empty',
      schema: kindSchema('A resource that exports may refer to.', { spec }),
      columns: [AGE],
    }),
  ],
});
