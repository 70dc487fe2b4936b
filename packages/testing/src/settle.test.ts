import { describe, expect, it } from '@jest/globals';
import { settle } from './settle.ts';

const UID = '9a4ef0f0-4c2e-4b39-9a8e-3f0a4f9ad2c1';
const OTHER = '1b4ef0f0-4c2e-4b39-9a8e-3f0a4f9ad2c1';

describe('a settled object', () => {
  it('has no times, unique ids and versions of its own, but keeps which are the same', () => {
    const settled = settle();
    const object = (uid: string, resourceVersion: string) => ({
      metadata: { uid, resourceVersion, creationTimestamp: '2026-01-02T03:04:05Z' },
    });
    expect([object(UID, '7'), object(OTHER, '9'), object(UID, '7')].map(settled)).toEqual([
      { metadata: { uid: '<uid 1>', resourceVersion: '<version 1>', creationTimestamp: '<time>' } },
      { metadata: { uid: '<uid 2>', resourceVersion: '<version 2>', creationTimestamp: '<time>' } },
      { metadata: { uid: '<uid 1>', resourceVersion: '<version 1>', creationTimestamp: '<time>' } },
    ]);
  });

  it('keeps versions that mean something by themselves, and leaves managed fields out', () => {
    expect(
      settle()({ metadata: { resourceVersion: '0', managedFields: [{}] }, items: [{ resourceVersion: '' }] }),
    ).toEqual({
      metadata: { resourceVersion: '0' },
      items: [{ resourceVersion: '' }],
    });
  });

  it('keeps keys that are dangerous elsewhere', () => {
    expect(JSON.stringify(settle()(JSON.parse('{"__proto__":{"a":1}}')))).toBe('{"__proto__":{"a":1}}');
  });
});
