import { asJson, numberAt, objectAt, optionalObjectAt, textAt } from '@kcp/api-machinery';
import type { KubeObject } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource, TableColumn } from '@kcp/apiserver';
import type { Bucket } from '@kcp/object-store';
import { builtinFingerprint, builtinResource } from '../builtin-resource.ts';
import { age, column } from '../columns.ts';
import { coreEventErrors } from './event-validation.ts';

/** Where events are stored, whichever group they come through. */
export const eventBucket: Bucket = { group: '', resource: 'events' };
/** The form in which events are stored. */
export const eventFingerprint = builtinFingerprint({ group: '', version: 'v1', kind: 'Event' });

/** Parts of the object that an event is about, by which events can be selected. */
export const REFERENCE_FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/** Who reported an event: the source of the old form, else the controller of the new one. */
export function eventSource(object: KubeObject): string {
  const component = textAt(objectAt(object, 'source'), 'component');
  return component === '' ? textAt(object, 'reportingComponent') : component;
}

function firstSeen(object: KubeObject): unknown {
  return asJson(object)['firstTimestamp'] ?? asJson(object)['eventTime'];
}

function lastSeen(object: KubeObject): unknown {
  const series = optionalObjectAt(object, 'series');
  return series?.['lastObservedTime'] ?? asJson(object)['lastTimestamp'] ?? firstSeen(object);
}

function ageOf(time: unknown, now: number): string {
  return age(typeof time === 'string' ? time : undefined, now);
}

function shownObject(object: KubeObject): string {
  const involved = objectAt(object, 'involvedObject');
  const [kind, name] = [textAt(involved, 'kind').toLowerCase(), textAt(involved, 'name')];
  return name === '' ? kind : `${kind}/${name}`;
}

const wide = { priority: 1 };

/** The columns of events, of objects in the core form. */
export const eventColumns: readonly TableColumn[] = [
  column('Last Seen', 'Time since it last happened.', (object, now) => ageOf(lastSeen(object), now)),
  column('Type', 'Normal or Warning.', (object) => textAt(object, 'type')),
  column('Reason', 'Why it happened, in one word.', (object) => textAt(object, 'reason')),
  column('Object', 'The object it happened to.', shownObject),
  column(
    'Subobject',
    'Which part of the object.',
    (object) => textAt(objectAt(object, 'involvedObject'), 'fieldPath'),
    wide,
  ),
  column('Source', 'Who reported it.', eventSource, wide),
  column('Message', 'What happened.', (object) => textAt(object, 'message').trim()),
  column('First Seen', 'Time since it first happened.', (object, now) => ageOf(firstSeen(object), now), wide),
  column(
    'Count',
    'How often it happened.',
    (object) => Number(numberAt(objectAt(object, 'series'), 'count') ?? numberAt(object, 'count') ?? 1),
    wide,
  ),
  column('Name', 'Name of the event.', (object) => object.metadata.name ?? '', { ...wide, format: 'name' }),
];

/** v1 events. */
export function coreEvents(): ServedResource {
  const reference = REFERENCE_FIELDS.map((field) => {
    return [
      `involvedObject.${field}`,
      (object: KubeObject) => textAt(objectAt(object, 'involvedObject'), field),
    ] as const;
  });
  const texts = ['reason', 'reportingComponent', 'type'].map((field) => {
    return [field, (object: KubeObject) => textAt(object, field)] as const;
  });
  return builtinResource({
    table: kindTable('', 'Event'),
    strategy: {
      createOnUpdate: true,
      validateCreate: (object) => coreEventErrors(object, 'reportingComponent'),
      validateUpdate: (object) => coreEventErrors(object, 'reportingComponent'),
    },
    columns: eventColumns,
    selectableFields: { ...Object.fromEntries([...reference, ...texts]), source: eventSource },
  });
}
