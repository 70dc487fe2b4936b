import { AGE, column, kindDefinition, kindSchema, version } from './kind-definition.ts';
import { integer, list, map, rule, strings, struct, text } from './schema.ts';
import { conditions, labelSelector } from './shared-shapes.ts';

const GROUP = 'topology.kcp.io';

/** Partition: shards that go together. */
export const partition = kindDefinition({
  group: GROUP,
  kind: 'Partition',
  versions: [
    version({
      name: 'v1alpha1',
      subresources: 'empty',
      schema: kindSchema(
        'Shards that go together.',
        { spec: struct('What was asked for.', { selector: labelSelector('Labels of its shards.') }) },
        { required: ['spec'] },
      ),
      columns: [column('Owner', '.metadata.ownerReferences[*].name'), AGE],
    }),
  ],
});

// What a label may be, as CEL. Expressions and messages are what clients are told, so they are spelt out once.
const PREFIX = '^[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?$';
const NAME = '^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';

const keyMessage = `Label key prefixes are optional and limited to 253 characters. They should match "${PREFIX}". Names are limited to 63 characters and should match "${NAME}". "/" is used as separator.`;

/** CEL that says that the value of a variable is a label's key. */
function isKey(name: string): string {
  const part = (at: number) => `${name}.split("/", 2)[${String(at)}]`;
  const both = `${part(0)}.matches("${PREFIX}") && ${part(1)}.matches("${NAME}")`;
  return `${name}.contains("/") ? ${both} : ${name}.matches("${NAME}")`;
}

const requirement = struct(
  'A condition on one label.',
  {
    // A prefix, a slash and a name.
    key: text('Key of the label.', { maxLength: 317, rules: [rule(isKey('self'), keyMessage)] }),
    operator: text('How the label is looked at.', { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] }),
    values: list(
      'What In and NotIn compare with; empty for the others.',
      text('A value.', { maxLength: 63, pattern: NAME }),
      { listType: 'atomic' },
    ),
  },
  {
    required: ['key', 'operator'],
    rules: [
      rule(
        'self.operator in ["In", "NotIn"] ? size(self.values) > 0 : (self.operator in ["Exists", "DoesNotExist"] ? !has(self.values) : true)',
        'There should be at least one value for In and NotIn operators. There should not be any value for Exists and DoesNotExist operators.',
      ),
    ],
  },
);

/** A selector in which everything is bounded, so that its rules are cheap enough. */
const shardSelector = struct(
  'Labels of the shards that are divided.',
  {
    matchExpressions: list('Conditions that all must hold.', requirement, { maxItems: 10, listType: 'atomic' }),
    matchLabels: map(
      'Labels that must be there with these values.',
      { ...strings, maxLength: 380 },
      {
        maxProperties: 10,
        rules: [
          rule(`self.all(k, ${isKey('k')})`, keyMessage),
          rule(
            `self.all(k, self[k].matches("${NAME}"))`,
            `Label values are limited to 63 characters and should match "${NAME}".`,
          ),
        ],
      },
    ),
  },
  { mapType: 'atomic' },
);

/** PartitionSet: partitions by the values of labels. */
export const partitionSet = kindDefinition({
  group: GROUP,
  kind: 'PartitionSet',
  versions: [
    version({
      name: 'v1alpha1',
      schema: kindSchema(
        'How shards are divided into partitions.',
        {
          spec: struct('What was asked for.', {
            dimensions: list('Labels; shards with equal values of all go together.', strings),
            shardSelector,
          }),
          status: struct('What there is.', { conditions, count: integer('How many partitions there are.') }),
        },
        { required: ['spec'] },
      ),
      columns: [column('Count', '.status.count', 'How many partitions there are'), AGE],
    }),
  ],
});
