import {
  type Facts,
  flag,
  list,
  map,
  type Rule,
  rule,
  type Schema,
  strings,
  struct,
  text,
  unchanged,
} from './schema.ts';

/** Paths of workspaces: names joined by colons. */
export const PATH_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(:[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

/** API groups, the core group included. */
export const GROUP_PATTERN = '^(|[a-z0-9]([-a-z0-9]*[a-z0-9](\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?)$';

/** Plural names of resources. */
export const RESOURCE_PATTERN = '^[a-z][-a-z0-9]*[a-z0-9]$';

/** API versions as v1 or v1beta2. */
export const VERSION_PATTERN = '^v[1-9][0-9]*([a-z]+[1-9][0-9]*)?$';

/** Names of workspaces and of types of workspaces: as parts of paths they leave room for others in a DNS name. */
export const workspaceName: Facts = { maxLength: 63, minLength: 1, pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' };

/** What `<thing>` is called, and nothing more. */
export function nameOf(thing: string): Schema {
  return text(`Name of the ${thing}.`);
}

const condition = struct(
  'One aspect of the state.',
  {
    lastTransitionTime: text('When the status last changed.', { format: 'date-time' }),
    message: text('Why, for humans.'),
    reason: text('Why, as one word.'),
    severity: text('How bad it is: Error, Warning or Info; only where the status is False.'),
    status: text('True, False or Unknown.'),
    type: text('Which aspect, in CamelCase.'),
  },
  { required: ['lastTransitionTime', 'status', 'type'] },
);

/** status.conditions of every kind that has any. */
export const conditions = list('Aspects of the observed state.', condition);

/** Marks that hold a workspace in a phase: the path and name of a workspace type, or a system's own. */
const MARK_PATTERN =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(:[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(:[a-z0-9][a-z0-9]([-a-z0-9]*[a-z0-9])?))|(system:.+)$';

/** Initializers, where they are listed. */
export function initializers(description: string): Schema {
  return list(description, text('Path and name of whoever has to initialize.', { pattern: MARK_PATTERN }));
}

/** Terminators, where they are listed. */
export function terminators(description: string): Schema {
  return list(description, text('Path and name of whoever has to clean up.', { pattern: MARK_PATTERN }));
}

/** The phases of a logical cluster and of the workspace before it. */
export const phase = text('How far its life has come.', {
  default: 'Scheduling',
  enum: ['Scheduling', 'Initializing', 'Ready', 'Unavailable', 'Inactive', 'Terminating', 'Deleting'],
});

const requirement = struct(
  'A condition on one label.',
  {
    key: text('Key of the label.'),
    operator: text('In, NotIn, Exists or DoesNotExist.'),
    values: list('What In and NotIn compare with; empty for the others.', strings, { listType: 'atomic' }),
  },
  { required: ['key', 'operator'] },
);

/** The two fields by which label selectors select. */
export const selectorFields = {
  matchExpressions: list('Conditions that all must hold.', requirement, { listType: 'atomic' }),
  matchLabels: map('Labels that must be there with these values.', strings),
};

/** A label selector. */
export function labelSelector(description: string): Schema {
  return struct(description, selectorFields, { mapType: 'atomic' });
}

/** A reference to a workspace type. */
export function workspaceTypeReference(description: string, facts: Facts = {}): Schema {
  const name = text('Name of the WorkspaceType.', { pattern: '^[a-z]([a-z0-9-]{0,61}[a-z0-9])?' });
  const path = text('Path of the workspace that the type is in.', { pattern: PATH_PATTERN });
  return struct(description, { name, path }, { required: ['name'], ...facts });
}

/** What holds for references to exports that are not to change. */
export const exportReferenceRules = [unchanged('APIExport reference must not be changed')];

/** A reference to an export, or to what is referred to in the same way. */
export function namedAt(thing: string, rules?: readonly Rule[]): Schema {
  const path = text(`Path of the workspace that the ${thing} is in; this one where there is none.`, {
    pattern: PATH_PATTERN,
  });
  return struct(
    `The ${thing}.`,
    { name: nameOf(thing), path },
    { required: ['name'], ...(rules !== undefined && { rules }) },
  );
}

function names(description: string): Schema {
  return list(description, strings, { listType: 'atomic' });
}

/** Rules as roles have them. */
export function policyRules(description: string): Schema {
  const policyRule = struct(
    'What may be done, with what.',
    {
      apiGroups: names('API groups of the resources; `*` for all.'),
      nonResourceURLs: names('Paths that are no resources; `*` may end them.'),
      resourceNames: names('Names of single objects; empty for all.'),
      resources: names('Resources, and sub-resources after a slash; `*` for all.'),
      verbs: names('What may be done; `*` for everything.'),
    },
    { required: ['verbs'] },
  );
  return list(description, policyRule);
}

/** Where a secret with a key is. */
export const identity = struct('Where the key is that proves whose API this is.', {
  secretRef: struct(
    'The secret; the key is under `key` in it.',
    { name: nameOf('secret'), namespace: text('Namespace of the secret.') },
    { mapType: 'atomic' },
  ),
});

const endpointShards = struct(
  'For which shards the URL is meant; absent for the one that made it.',
  {
    matchAll: flag('Whether it is for every shard.'),
    selector: labelSelector('Labels of the shards that it is for.'),
  },
  {
    rules: [
      rule(
        '!(has(self.matchAll) && self.matchAll && has(self.selector))',
        'matchAll and selector are mutually exclusive',
      ),
    ],
  },
);

/** status of the kinds that list URLs of a virtual workspace. */
export const endpointsStatus = struct('What there is.', {
  conditions,
  endpoints: list(
    'Where the virtual workspace is served.',
    struct('One URL.', { shards: endpointShards, url: text('The URL.', { minLength: 1 }) }, { required: ['url'] }),
    { listType: 'map', listKeys: ['url'] },
  ),
  shardSelector: text('By which labels shards were selected.'),
});

/** Group, resource and identity of a resource, as claims and caches name it. */
export const resourceFields = {
  group: text('API group; empty for the core group.', { pattern: GROUP_PATTERN }),
  identityHash: text('Hash of the identity of the export that the resource comes from; empty for built-in ones.'),
  resource: text('Plural name of the resource.', { pattern: RESOURCE_PATTERN }),
};

/** The same field with a default. */
export function withDefault(schema: Schema, value: string): Schema {
  return { ...schema, default: value };
}
