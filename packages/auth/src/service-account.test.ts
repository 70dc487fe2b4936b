import { describe, expect, it } from '@jest/globals';
import {
  globalServiceAccountName,
  parseServiceAccountUsername,
  serviceAccountGroups,
  serviceAccountUsername,
} from './service-account.ts';

describe('the user name of a service account', () => {
  it('is made and read back', () => {
    const username = serviceAccountUsername('ns', 'my.bot');
    expect(username).toBe('system:serviceaccount:ns:my.bot');
    expect(parseServiceAccountUsername(username)).toEqual({ namespace: 'ns', name: 'my.bot' });
    expect(globalServiceAccountName('c1', username)).toBe('system:kcp:serviceaccount:c1:ns:my.bot');
  });
  it.each([
    'jane',
    'system:serviceaccount:',
    'system:serviceaccount:ns',
    'system:serviceaccount:ns:',
    'system:serviceaccount::x',
    'system:serviceaccount:a:b:c',
    'system:serviceaccount:a.b:c',
    'system:serviceaccount:A:c',
    `system:serviceaccount:a:${'x'.repeat(254)}`,
    `system:serviceaccount:${'x'.repeat(64)}:a`,
  ])('is not %s', (username) => {
    expect(parseServiceAccountUsername(username)).toBeUndefined();
  });
  it('comes with the groups of its namespace', () => {
    expect(serviceAccountGroups('ns')).toEqual(['system:serviceaccounts', 'system:serviceaccounts:ns']);
  });
});
