import type { Exchange } from '@kcp/apiserver';
import type { Response } from '@kcp/http';
import type { Meter } from '@kcp/telemetry';

const LABELS = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'code'] as const;
const SECONDS = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60];

/**
 * Counts and times answered requests under the names that kube-apiserver uses. Nothing of it tells logical clusters apart:
 * the number of series does not grow with them, and values that tenants choose (groups, resources) are capped by the meter.
 */
export function requestMetrics(meter: Meter, clock: () => number): (exchange: Exchange, response: Response) => void {
  const total = meter.counter({ name: 'apiserver_request_total', help: 'Answered requests.', labels: LABELS });
  const duration = meter.histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Time from the request to the beginning of the answer; watches not counted.',
    labels: ['verb', 'scope'],
    buckets: SECONDS,
  });
  return (exchange, response) => {
    const { info } = exchange;
    const code = String(response.status);
    if (info.kind === 'path') {
      total.add(1, {
        verb: info.verb.toUpperCase(),
        group: '',
        version: '',
        resource: '',
        subresource: '',
        scope: '',
        code,
      });
      return;
    }
    const { group, version, resource, subresource } = info;
    const verb = info.verb.toUpperCase();
    const scope = info.name !== '' ? 'resource' : info.namespace === '' ? 'cluster' : 'namespace';
    total.add(1, { verb, group, version, resource, subresource, scope, code });
    if (verb !== 'WATCH') duration.observe((clock() - exchange.received) / 1000, { verb, scope });
  };
}
