import { kindDefinition, kindSchema, metadataWithName, version } from './kind-definition.ts';
import { flag, list, map, type Schema, strings, struct, text } from './schema.ts';
import {
  conditions,
  nameOf,
  PATH_PATTERN,
  policyRules,
  workspaceName,
  workspaceTypeReference,
} from './shared-shapes.ts';

/** Names that a type may not have, as they mean something else where types are named. */
export const RESERVED_WORKSPACE_TYPES = ['system', 'any'];

const reference = workspaceTypeReference('A workspace type.');

const defaultBinding = struct(
  'An export to bind.',
  {
    export: nameOf('APIExport'),
    path: text('Path of the workspace that the export is in; that of the type where there is none.', {
      pattern: PATH_PATTERN,
    }),
  },
  { required: ['export'] },
);

function limit(description: string): Schema {
  return struct(
    description,
    {
      none: flag('That there are none.'),
      types: list('Those that are allowed, and types that extend them.', reference, { minItems: 1 }),
    },
    { oneOf: [{ required: ['none'] }, { required: ['types'] }] },
  );
}

const spec = struct('What was asked for.', {
  additionalWorkspaceLabels: map('Labels that new workspaces of this type get.', strings),
  authenticationConfigurations: list(
    'Further ways to sign in to workspaces of this type.',
    struct(
      'A configuration beside the type.',
      { name: nameOf('WorkspaceAuthenticationConfiguration') },
      { required: ['name'] },
    ),
  ),
  defaultAPIBindingLifecycle: text('Whether bindings are made once, or kept as the type says.', {
    enum: ['InitializeOnly', 'Maintain'],
  }),
  defaultAPIBindings: list('Exports that new workspaces are bound to.', defaultBinding),
  defaultChildWorkspaceType: workspaceTypeReference('The type of children for which none is asked for.', {
    default: { name: 'universal', path: 'root' },
  }),
  extend: struct('Which types this one builds on.', {
    with: list('Types whose initializers and limits hold here too, and that this one counts as.', reference),
  }),
  initializer: flag('Whether someone must do something before workspaces of this type are ready.'),
  initializerPermissions: policyRules('What the initializer may do in workspaces that are not ready yet.'),
  limitAllowedChildren: limit('Which types children may have.'),
  limitAllowedParents: limit('Which types parents may have.'),
  terminator: flag('Whether someone must do something before workspaces of this type go away.'),
  terminatorPermissions: policyRules('What the terminator may do in workspaces that are about to go.'),
});

const virtualWorkspace = struct(
  'One URL.',
  {
    type: text('What is done there.', { enum: ['initializing', 'terminating'] }),
    url: text('The URL.', { minLength: 1 }),
  },
  { required: ['url'] },
);

const schema = kindSchema('What workspaces of one type have in common.', {
  metadata: metadataWithName({ type: 'string', ...workspaceName, not: { enum: RESERVED_WORKSPACE_TYPES } }),
  spec,
  status: struct('What there is.', {
    conditions,
    virtualWorkspaces: list('Where initializers and terminators see their workspaces.', virtualWorkspace),
  }),
});

/** WorkspaceType: how workspaces of a type begin, what they may contain and be contained in. */
export const workspaceType = kindDefinition({
  group: 'tenancy.kcp.io',
  kind: 'WorkspaceType',
  versions: [version({ name: 'v1alpha1', schema })],
});
