import { flag, list, rule, type Schema, strings, struct, text, unchanged, describedAs } from './schema.ts';
import { resourceFields, selectorFields, withDefault } from './shared-shapes.ts';

// A claim is what a provider asks for beside its own APIs. Version 1 selects by name, version 2 by verbs and labels. What a
// consumer answers is a claim with a state, and in version 2 with a selector.

const state = text('What the consumer says to it.', { enum: ['Accepted', 'Rejected'] });

const resourceSelector = list(
  'Which objects, where not all.',
  struct(
    'One object, or those of one namespace.',
    {
      name: text('Name of the object.', {
        maxLength: 253,
        minLength: 1,
        pattern: '^([a-z0-9][-a-z0-9_.]*)?[a-z0-9]$',
      }),
      namespace: text('Namespace of the object; without a name, of all that are in it.', { minLength: 1 }),
    },
    { rules: [rule('has(self.__namespace__) || has(self.name)', 'at least one field must be set')] },
  ),
);

const claimFieldsV1 = { all: flag('Whether it is about all objects.'), ...resourceFields, resourceSelector };

const allOrSome = rule(
  '(has(self.all) && self.all) != (has(self.resourceSelector) && size(self.resourceSelector) > 0)',
  'either "all" or "resourceSelector" must be set',
);

const claimV1 = struct('One claim.', claimFieldsV1, { required: ['resource'], rules: [allOrSome] });

/** spec.permissionClaims of an APIExport in v1alpha1. */
export const exportClaimsV1 = list(
  'What the provider asks for beside its own APIs.',
  struct(
    'One claim.',
    { ...claimFieldsV1, group: withDefault(resourceFields.group, '') },
    { required: ['resource'], rules: [allOrSome] },
  ),
  { listType: 'map', listKeys: ['group', 'resource'] },
);

/** spec.permissionClaims of an APIBinding in v1alpha1. */
export const acceptedClaimsV1 = list(
  'What the consumer says to the claims of the provider.',
  struct(
    'One claim and the answer to it.',
    { ...claimFieldsV1, state },
    {
      required: ['resource', 'state'],
      rules: [allOrSome],
    },
  ),
);

/** Claims in the status of an APIBinding in v1alpha1. */
export function claimsV1(description: string): Schema {
  return list(description, claimV1);
}

const claimSelector = struct(
  'Which objects.',
  { matchAll: flag('Whether all are meant.'), ...selectorFields },
  { mapType: 'atomic' },
);

const claimFieldsV2 = {
  defaultSelector: describedAs('Which objects, for bindings that a workspace type makes.', claimSelector),
  group: withDefault(resourceFields.group, ''),
  identityHash: withDefault(resourceFields.identityHash, ''),
  resource: resourceFields.resource,
  verbs: list('What the provider wants to do with them.', strings, { minItems: 1, listType: 'set' }),
};

const selector = describedAs('Which objects the claim holds for.', claimSelector, {
  rules: [unchanged('Permission claim selector is immutable')],
});

/** A claim's fields with a selector and more, in the order of the alphabet as everywhere: errors come in it. */
function scopedFields(more: Readonly<Record<string, Schema>> = {}): Readonly<Record<string, Schema>> {
  const { verbs, ...others } = claimFieldsV2;
  return { ...others, selector, ...more, verbs };
}

const claimV2 = struct('One claim.', claimFieldsV2, { required: ['resource', 'verbs'] });

const BY_RESOURCE_AND_IDENTITY = { listType: 'map', listKeys: ['group', 'resource', 'identityHash'] } as const;

/** spec.permissionClaims of an APIExport in v1alpha2. */
export const exportClaimsV2 = list('What the provider asks for beside its own APIs.', claimV2, {
  listType: 'map',
  listKeys: ['group', 'resource'],
});

/** spec.permissionClaims of an APIBinding in v1alpha2. */
export const acceptedClaimsV2 = list(
  'What the consumer says to the claims of the provider.',
  struct('One claim and the answer to it.', scopedFields({ state }), {
    required: ['resource', 'selector', 'state', 'verbs'],
  }),
  BY_RESOURCE_AND_IDENTITY,
);

/** status.appliedPermissionClaims of an APIBinding in v1alpha2. */
export const appliedClaimsV2 = list(
  'Claims that the provider can use.',
  struct('One claim, and for which objects.', scopedFields(), { required: ['resource', 'selector', 'verbs'] }),
  BY_RESOURCE_AND_IDENTITY,
);

/** status.exportPermissionClaims of an APIBinding in v1alpha2. */
export const requestedClaimsV2 = list('Claims of the provider as they are now.', claimV2);
