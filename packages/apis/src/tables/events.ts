import { struct } from '../table.ts';
import { EventSource, ObjectReference } from './core.ts';
import { ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.api.events.v1';

const EventSeries = struct(`${V1}.EventSeries`, 'An event that happens again and again.', () => ({
  count: [1, 'int32', 'required', 'How often so far.'],
  lastObservedTime: [2, 'microTime', 'required', 'When last.'],
}));

/** events.k8s.io/v1 Event: the same objects as v1 Event in other words. */
export const EventsEvent = struct(`${V1}.Event`, 'Something that happened to an object.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  eventTime: [2, 'microTime', 'required', 'When it was first seen.'],
  series: [3, EventSeries, 'pointer', 'The series that it is part of.'],
  reportingController: [4, 'string', 'filled', 'Name of the controller that reported it.'],
  reportingInstance: [5, 'string', 'filled', 'Which of its instances.'],
  action: [6, 'string', 'filled', 'What was done or failed.'],
  reason: [7, 'string', 'filled', 'Why, in one word.'],
  regarding: [8, ObjectReference, 'always', 'The object it happened to.'],
  related: [9, ObjectReference, 'pointer', 'A second object that it is about.'],
  note: [10, 'string', 'filled', 'What happened, for humans.'],
  type: [11, 'string', 'filled', 'Normal or Warning.'],
  deprecatedSource: [12, EventSource, 'always', 'Who reported it, of events of the old form.'],
  deprecatedFirstTimestamp: [13, 'time', 'always', 'When first, of events of the old form.'],
  deprecatedLastTimestamp: [14, 'time', 'always', 'When last, of events of the old form.'],
  deprecatedCount: [15, 'int32', 'filled', 'How often, of events of the old form.'],
}));
