import { AGE, kindDefinition, kindSchema, version } from './kind-definition.ts';
import { list, type Schema, strings, struct, text } from './schema.ts';
import { VERSION_PATTERN } from './shared-shapes.ts';

const conversionRule = struct(
  'How one field gets across.',
  {
    destination: text('Where it goes, as a path.', { minLength: 1 }),
    field: text('Where it comes from, as a path.', { minLength: 1 }),
    transformation: text('A CEL expression over `self` that makes the new value; absent: it is copied.'),
  },
  { required: ['destination', 'field'] },
);

function apiVersion(description: string): Schema {
  return text(description, { minLength: 1, pattern: VERSION_PATTERN });
}

const conversion = struct(
  'How objects get from one version to another.',
  {
    from: apiVersion('The version they are in.'),
    preserve: list('Paths of fields that the other version has no room for, kept in an annotation.', strings),
    rules: list('What happens to fields.', conversionRule, { listType: 'map', listKeys: ['destination'] }),
    to: apiVersion('The version they get into.'),
  },
  { required: ['from', 'rules', 'to'] },
);

const spec = struct(
  'What was asked for.',
  { conversions: list('One for each direction.', conversion, { listType: 'map', listKeys: ['from', 'to'] }) },
  { required: ['conversions'] },
);

/** APIConversion: how objects of the APIResourceSchema of the same name get from version to version. */
export const apiConversion = kindDefinition({
  group: 'apis.kcp.io',
  kind: 'APIConversion',
  versions: [
    version({
      name: 'v1alpha1',
      subresources: 'empty',
      schema: kindSchema(
        'How objects of the APIResourceSchema of the same name get from version to version.',
        { spec },
        { required: ['metadata', 'spec'] },
      ),
      columns: [AGE],
    }),
  ],
});
