import type { Meter } from '@kcp/telemetry';
import type { Authentication, Authenticator } from '../user.ts';

const LATENCY = [
  0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192, 16.384,
];
const SUCCESS = { result: 'success' };
const FAILURE = { result: 'failure' };
const ERROR = { result: 'error' };

/** Counts attempts, by what they came to, and users, as kube-apiserver does (endpoints/filters authentication). */
export function withAuthenticationMetrics(
  authenticator: Authenticator,
  meter: Meter,
  now: () => number,
): Authenticator {
  const attempts = meter.counter({
    name: 'authentication_attempts',
    help: 'Counter of authenticated attempts.',
    labels: ['result'],
  });
  const duration = meter.histogram({
    name: 'authentication_duration_seconds',
    help: 'Authentication duration in seconds broken out by result, where it had to wait.',
    labels: ['result'],
    buckets: LATENCY,
  });
  const users = meter.counter({
    name: 'authenticated_user_requests',
    help: 'Counter of authenticated requests broken out by username.',
    labels: ['username'],
  });
  const count = (answer: Authentication): Readonly<Record<'result', string>> => {
    const labels = answer.kind === 'authenticated' ? SUCCESS : answer.kind === 'none' ? FAILURE : ERROR;
    attempts.add(1, labels);
    if (answer.kind === 'authenticated') users.add(1, { username: shortName(answer.user.name) });
    return labels;
  };
  return (credentials) => {
    const started = now();
    const answer = authenticator(credentials);
    if (!(answer instanceof Promise)) {
      count(answer);
      return answer;
    }
    return answer.then((late) => {
      duration.observe((now() - started) / 1000, count(late));
      return late;
    });
  };
}

/** The few names that make a label; all others are one. */
function shortName(name: string): string {
  if (name === 'admin' || name === 'client' || name === 'kube_proxy' || name === 'system:anonymous') return name;
  if (name.startsWith('system:serviceaccount:')) return 'service_account';
  return name === 'kubelet' || name.startsWith('system:node:') ? 'kubelet' : 'other';
}
