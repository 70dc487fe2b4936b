import type { FieldError, JsonObject, KubeObject, MutableJsonObject } from '@kcp/api-machinery';
import { invalidObject, asJson, objectAt, textAt } from '@kcp/api-machinery';
import { decodeObject, kindTable } from '@kcp/apis';
import type { KindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { eventBucket, eventColumns, eventFingerprint, REFERENCE_FIELDS } from './core-event.ts';
import { strictEventErrors, strictEventUpdateErrors } from './event-validation.ts';

/** What fields of events.k8s.io events are called in core events; the others are called the same. */
const CORE_NAMES: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
};
const OWN_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(CORE_NAMES).map(([own, core]) => [core, own]),
);

/** Renames fields and writes the object as the other version's table says. */
function translate(object: KubeObject, names: Readonly<Record<string, string>>, table: KindTable): KubeObject {
  const { apiVersion: _a, kind: _k, ...fields } = asJson(object);
  const renamed: MutableJsonObject = {};
  for (const [field, value] of Object.entries(fields)) renamed[names[field] ?? field] = value;
  return decodeObject(table.type, table, renamed).object;
}

/** Errors name the core kind, as the original's do. */
function refuse(object: KubeObject, errors: readonly FieldError[]): [] {
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'Event' }, object.metadata.name ?? '', errors);
  return [];
}

function reference(object: KubeObject): JsonObject {
  return objectAt(object, 'regarding' in object ? 'regarding' : 'involvedObject');
}

/** events.k8s.io/v1 events: core events in other words and with stricter rules. */
export function eventsEvents(): ServedResource {
  const [core, own] = [kindTable('', 'Event'), kindTable('events.k8s.io', 'Event')];
  const toCore = (object: KubeObject): KubeObject => translate(object, CORE_NAMES, core);
  const references = REFERENCE_FIELDS.map((field) => {
    return [`regarding.${field}`, (object: KubeObject) => textAt(reference(object), field)] as const;
  });
  return builtinResource({
    table: own,
    view: {
      bucket: eventBucket,
      storedFingerprint: eventFingerprint,
      storageVersion: 'v1',
      toStored: toCore,
      fromStored: (object) => translate(object, OWN_NAMES, own),
    },
    strategy: {
      createOnUpdate: true,
      validateCreate: (object) => refuse(object, strictEventErrors(toCore(object))),
      validateUpdate: (object, old) => refuse(object, strictEventUpdateErrors(toCore(object), toCore(old))),
    },
    columns: eventColumns.map((column) => ({ ...column, cell: (object, now) => column.cell(toCore(object), now) })),
    selectableFields: {
      ...Object.fromEntries(references),
      reason: (object) => textAt(object, 'reason'),
      reportingController: (object) => textAt(object, 'reportingController') || textAt(object, 'reportingComponent'),
      type: (object) => textAt(object, 'type'),
    },
  });
}
