import type { JsonObject } from '@kcp/api-machinery';

function parameter(name: string, type: 'string' | 'boolean' | 'integer', description: string): JsonObject {
  return { name, in: 'query', description, schema: { type, uniqueItems: true } };
}

/** `{namespace}` of a path. */
export const namespaceParameter: JsonObject = {
  name: 'namespace',
  in: 'path',
  description: 'object name and auth scope, such as for teams and projects',
  required: true,
  schema: { type: 'string', uniqueItems: true },
};

/** `{name}` of a path. */
export function nameParameter(kind: string): JsonObject {
  return {
    name: 'name',
    in: 'path',
    description: `name of the ${kind}`,
    required: true,
    schema: { type: 'string', uniqueItems: true },
  };
}

/** `{path}` of what is passed on. */
export const pathParameter: JsonObject = {
  name: 'path',
  in: 'path',
  description: 'the rest of the path, as it is passed on',
  required: true,
  schema: { type: 'string', uniqueItems: true },
};

/** What every path takes. */
export const prettyParameter = parameter('pretty', 'string', "'true' asks for indented output.");

const dryRun = parameter('dryRun', 'string', "'All' goes through every step of the write but stores nothing.");
const fieldManager = parameter('fieldManager', 'string', 'Who makes this change; at most 128 printable characters.');
const fieldValidation = parameter(
  'fieldValidation',
  'string',
  'What becomes of unknown and duplicate fields: Ignore, Warn or Strict.',
);

/** What creates and replaces take. */
export const writeParameters: readonly JsonObject[] = [dryRun, fieldManager, fieldValidation];

/** What patches take. */
export const patchParameters: readonly JsonObject[] = [
  dryRun,
  fieldManager,
  fieldValidation,
  parameter('force', 'boolean', 'Takes over fields that other managers own; for apply patches only.'),
];

/** What a get takes. */
export const getParameters: readonly JsonObject[] = [
  parameter('resourceVersion', 'string', 'The state to read: at least as new as this version.'),
];

/** What a delete of one object takes. */
export const deleteParameters: readonly JsonObject[] = [
  dryRun,
  parameter('gracePeriodSeconds', 'integer', 'How long the object may take to end.'),
  parameter('ignoreStoreReadErrorWithClusterBreakingPotential', 'boolean', 'Deletes an object that cannot be read.'),
  parameter('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  parameter('propagationPolicy', 'string', 'What becomes of dependants: Orphan, Background or Foreground.'),
];

/** What lists, watches and deletes of collections take. */
export const listParameters: readonly JsonObject[] = [
  parameter('allowWatchBookmarks', 'boolean', 'Asks for BOOKMARK events.'),
  parameter('continue', 'string', 'The token of the page before.'),
  parameter('fieldSelector', 'string', 'Restricts by fields.'),
  parameter('labelSelector', 'string', 'Restricts by labels.'),
  parameter('limit', 'integer', 'The most objects of a page.'),
  parameter('resourceVersion', 'string', 'The state to show.'),
  parameter('resourceVersionMatch', 'string', 'How resourceVersion is meant: Exact or NotOlderThan.'),
  parameter('sendInitialEvents', 'boolean', 'Begins a watch with the present and a bookmark.'),
  parameter('timeoutSeconds', 'integer', 'The longest the call may take.'),
  parameter('watch', 'boolean', 'Streams changes instead of listing.'),
];
