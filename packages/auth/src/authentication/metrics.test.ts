import { expect, it } from '@jest/globals';
import type { Labels, Meter } from '@kcp/telemetry';
import type { Authentication } from '../user.ts';
import { withAuthenticationMetrics } from './metrics.ts';

it('attempts and users are counted, users by few names, and waits are timed', async () => {
  const seen: string[] = [];
  const note =
    (name: string) =>
    (value: number, labels: Labels = {}) => {
      seen.push(`${name} ${value} ${Object.values(labels).join()}`);
    };
  const meter: Meter = {
    counter: ({ name }) => ({ add: note(name) }),
    gauge: ({ name }) => ({ set: note(name) }),
    histogram: ({ name }) => ({ observe: note(name) }),
  };
  let now = 0;
  const user = (name: string): Authentication => ({
    kind: 'authenticated',
    user: { name, uid: '', groups: [], extra: {} },
  });
  const answers: (Authentication | Promise<Authentication>)[] = [
    user('system:serviceaccount:a:b'),
    user('jane'),
    { kind: 'none' },
    Promise.resolve<Authentication>({ kind: 'refused', why: '' }),
  ];
  const authenticate = withAuthenticationMetrics(
    () => answers.shift() ?? { kind: 'none' },
    meter,
    () => (now += 500),
  );
  for (let n = 0; n < 4; n += 1) await authenticate({ token: undefined, certificate: undefined });
  expect(seen).toEqual([
    'authentication_attempts 1 success',
    'authenticated_user_requests 1 service_account',
    'authentication_attempts 1 success',
    'authenticated_user_requests 1 other',
    'authentication_attempts 1 failure',
    'authentication_attempts 1 error',
    'authentication_duration_seconds 0.5 error',
  ]);
});
