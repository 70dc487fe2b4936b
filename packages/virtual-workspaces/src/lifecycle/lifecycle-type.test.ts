import { describe, expect, it } from '@jest/globals';
import { isOwn, lifecycleType } from './lifecycle-type.ts';

describe('the type of a controller', () => {
  it('is where its name says', () => {
    expect(lifecycleType('2hv8sxn1:fast')).toEqual({ cluster: '2hv8sxn1', name: 'fast' });
    expect(lifecycleType('system:admin:fast')).toEqual({ cluster: 'system:admin', name: 'fast' });
  });

  it.each(['', 'whatever', ':fast', 'abc:', 'ABC:fast', 'root:org:fast', 'a/b:fast'])('is none for %j', (key) => {
    expect(lifecycleType(key)).toBeUndefined();
  });

  it('is none where the server itself is waited for', () => {
    const [own, others] = [lifecycleType('system:apibindings'), lifecycleType('abc:system')];
    expect([own && isOwn(own), others && isOwn(others)]).toEqual([true, false]);
  });
});
