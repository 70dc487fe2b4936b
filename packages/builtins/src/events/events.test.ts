import { describe, expect, it } from '@jest/globals';
import { context, createErrors, prepared } from '../testing/context.ts';
import { coreEvents } from './core-event.ts';
import { eventsEvents } from './events-event.ts';

const core = coreEvents();
const events = eventsEvents();
const about = { kind: 'ConfigMap', namespace: 'ns', name: 'thing' };
const fresh = {
  regarding: about,
  reason: 'Why',
  note: 'what',
  type: 'Warning',
  eventTime: '2024-01-01T00:00:00.123456Z',
  reportingController: 'example.com/c',
  reportingInstance: 'i',
  action: 'Do',
};

describe('events of the core group', () => {
  it.each([
    [{ involvedObject: about }, []],
    [{ involvedObject: {} }, ['involvedObject.namespace: Invalid value: "": does not match event.namespace']],
    [
      { involvedObject: { ...about, namespace: 'other' } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    [{ involvedObject: about, type: 'Anything', count: -1, message: 'x'.repeat(1025) }, []],
  ])('with %j', (fields, errors) => {
    expect(createErrors(core, fields)).toEqual(errors);
  });

  it('ask more where they have an eventTime', () => {
    const fields = {
      involvedObject: about,
      eventTime: fresh.eventTime,
      reportingComponent: 'c',
      message: 'x'.repeat(1025),
    };
    expect(createErrors(core, fields)).toEqual([
      'reportingInstance: Required value',
      'action: Required value',
      'reason: Required value',
      'message: Invalid value: "": can have at most 1024 characters',
    ]);
  });
});

describe('events of events.k8s.io', () => {
  it('are stored as core events and come back the same', async () => {
    const object = prepared(events, { ...fresh, series: { count: 3, lastObservedTime: fresh.eventTime } });
    const stored = await events.toStored(object);
    expect(stored).toMatchObject({
      apiVersion: 'v1',
      involvedObject: about,
      message: 'what',
      reportingComponent: 'example.com/c',
      source: {},
      firstTimestamp: null,
    });
    expect(await events.fromStored([stored])).toEqual([object]);
    expect([events.bucket, events.storedFingerprint]).toEqual([core.bucket, core.fingerprint]);
  });

  it('are refused in the name of the core kind', () => {
    const refuse = (fields: object) => () => createErrors(events, { ...fresh, ...fields });
    expect(refuse({ type: 'Odd' })).toThrow('Event "x" is invalid: type: Invalid value: "": has invalid value: Odd');
    expect(refuse({ series: { count: 1, lastObservedTime: fresh.eventTime } })).toThrow(
      'series.count: Invalid value: "": should be at least 2',
    );
    expect(refuse({ deprecatedCount: 1, deprecatedSource: { component: 'c' } })).toThrow(
      '[count: Invalid value: "": needs to be unset, source:',
    );
    expect(createErrors(events, fresh)).toEqual([]);
  });

  it('change nothing but their series', () => {
    const old = prepared(events, fresh);
    const series = { count: 2, lastObservedTime: fresh.eventTime };
    expect(events.strategy.validateUpdate?.({ ...old, series }, old, context)).toEqual([]);
    expect(() => events.strategy.validateUpdate?.({ ...old, reason: 'Other' }, old, context)).toThrow(
      'reason: Invalid value: "Other": field is immutable',
    );
  });
});
