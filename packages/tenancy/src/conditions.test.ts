import { describe, expect, it } from '@jest/globals';
import { conditionOf, withCondition } from './conditions.ts';

const first = '2026-01-01T00:00:00Z';
const later = '2026-01-02T00:00:00Z';

describe('a condition', () => {
  it('is added in order, Ready first', () => {
    let status = withCondition({}, { type: 'B', status: 'True' }, first);
    status = withCondition(status, { type: 'A', status: 'True' }, first);
    status = withCondition(status, { type: 'Ready', status: 'True' }, first);
    expect((status['conditions'] as { type: string }[]).map(({ type }) => type)).toEqual(['Ready', 'A', 'B']);
  });
  it('that says the same leaves the status as it is', () => {
    const status = withCondition(
      {},
      { type: 'A', status: 'False', severity: 'Info', reason: 'R', message: 'm' },
      first,
    );
    expect(
      withCondition(status, { type: 'A', status: 'False', severity: 'Info', reason: 'R', message: 'm' }, later),
    ).toBe(status);
  });
  it('that says something else has a new time, and loses what it does not say any more', () => {
    const status = withCondition({}, { type: 'A', status: 'False', severity: 'Info', reason: 'R' }, first);
    expect(conditionOf(withCondition(status, { type: 'A', status: 'True' }, later), 'A')).toEqual({
      type: 'A',
      status: 'True',
      lastTransitionTime: later,
    });
    expect(conditionOf(status, 'B')).toBeUndefined();
  });
});
