import { describe, expect, it } from '@jest/globals';
import { createMeter } from './meter.ts';

describe('a meter', () => {
  it('shows what was measured', async () => {
    const meter = await createMeter();
    const total = meter.counter({ name: 'requests_total', help: 'Requests.', labels: ['verb'] });
    total.add(1, { verb: 'get' });
    total.add(2, { verb: 'get' });
    meter.gauge({ name: 'open', help: 'Open.' }).set(7);
    meter.histogram({ name: 'took_seconds', help: 'Time.', buckets: [0.1, 1] }).observe(0.5);
    const text = await meter.exposition();
    expect(text).toContain(
      '# HELP requests_total Requests.\n# TYPE requests_total counter\nrequests_total{verb="get"} 3\n',
    );
    expect(text).toContain('open 7\n');
    expect(text).toContain('took_seconds_bucket{le="1"} 1\n');
    expect(text).toContain('took_seconds_bucket{le="0.1"} 0\n');
    expect(meter.contentType).toContain('text/plain');
  });

  it('gives the same metric for the same name, and shares none with others', async () => {
    const [one, two] = [await createMeter(), await createMeter()];
    const options = { name: 'x_total', help: 'X.' };
    expect(one.counter(options)).toBe(one.counter(options));
    one.counter(options).add(1);
    two.counter(options).add(5);
    expect(await one.exposition()).toContain('x_total 1\n');
  });

  it('counts values beyond the cap as other, label by label', async () => {
    const meter = await createMeter({ labelValues: 3 });
    const total = meter.counter({ name: 't', help: 'T.', labels: ['tenant', 'code'] });
    for (let at = 0; at < 1000; at += 1) total.add(1, { tenant: `tenant-${at}`, code: String(200 + (at % 2)) });
    total.add(1, { tenant: 'tenant-1', code: '200' });
    const series = (await meter.exposition())
      .split('\n')
      .filter((line) => line.startsWith('t{'))
      .sort();
    expect(series).toEqual([
      't{tenant="other",code="200"} 498',
      't{tenant="other",code="201"} 499',
      't{tenant="tenant-0",code="200"} 1',
      't{tenant="tenant-1",code="200"} 1',
      't{tenant="tenant-1",code="201"} 1',
      't{tenant="tenant-2",code="200"} 1',
    ]);
  });

  it('caps at a hundred values, in gauges and histograms too', async () => {
    const meter = await createMeter();
    const labels = ['name'];
    const gauge = meter.gauge({ name: 'g', help: 'G.', labels });
    const histogram = meter.histogram({ name: 'h', help: 'H.', labels, buckets: [1] });
    for (let at = 0; at < 300; at += 1) {
      gauge.set(at, { name: `n${at}` });
      histogram.observe(at, { name: `n${at}` });
    }
    const lines = (await meter.exposition()).split('\n');
    expect(lines.filter((line) => line.startsWith('g{'))).toHaveLength(101);
    expect(lines.filter((line) => line.startsWith('h_count{'))).toHaveLength(101);
  });

  it('drops labels that were not declared', async () => {
    const meter = await createMeter();
    meter.counter({ name: 'd', help: 'D.', labels: ['a'] }).add(1, { a: 'x', b: 'y', constructor: 'z' });
    expect(await meter.exposition()).toContain('d{a="x"} 1\n');
  });

  it('measures the process where asked to', async () => {
    const meter = await createMeter({ processMetrics: true });
    expect(await meter.exposition()).toContain('process_resident_memory_bytes');
  });
});
