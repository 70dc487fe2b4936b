import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { type Meter, silentMeter } from '@kcp/telemetry';
import { established, exampleBody, exampleVersion } from '../testing/example-definition.ts';
import type { CustomResourceDefinition } from '../definition/custom-resource-definition.ts';
import { ServedDefinitions } from './served-definitions.ts';

const [noisy, quiet] = ['noisy', 'quiet'] as LogicalCluster[];

/** Keeps what one counter adds up to. */
function countingMeter(counted: string): { readonly meter: Meter; readonly sum: () => number } {
  let sum = 0;
  const counter: Meter['counter'] = ({ name }) => ({
    add: (amount) => {
      if (name === counted) sum += amount;
    },
  });
  return { meter: { ...silentMeter, counter }, sum: () => sum };
}

function definition(properties: JsonObject): CustomResourceDefinition {
  return established(
    exampleBody(({ spec }) => {
      spec['versions'] = [exampleVersion('v1', properties, { storage: true })];
    }),
  );
}

/** Some 500 characters, and no two alike. */
function large(serial: number): CustomResourceDefinition {
  const names = Array.from({ length: 20 }, (_, at) => `field${serial}x${at}`);
  return definition(Object.fromEntries(names.map((name) => [name, { type: 'string' }])));
}

describe('compiled schemas', () => {
  function started() {
    const { meter, sum } = countingMeter('kcp_crd_schema_compilations_total');
    // a quarter holds three of the large ones
    const served = new ServedDefinitions({ schemaBytes: 4 * 3 * 20_000, meter });
    const use = (owner: LogicalCluster | undefined, used: CustomResourceDefinition): void => {
      if (owner === undefined) throw new Error('nobody');
      const resource = served.get({ owner, read: () => used })?.find('v1');
      resource?.decode({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: {} });
    };
    return { sum, use };
  }

  it('of one logical cluster outlive what another one has compiled', () => {
    const { sum, use } = started();
    const own = definition({ own: { type: 'string' } });
    use(quiet, own);
    for (let serial = 0; serial < 50; serial += 1) use(noisy, large(serial));
    expect(sum()).toBe(51);
    use(quiet, own);
    expect(sum()).toBe(51);
    use(noisy, large(0));
    expect(sum()).toBe(52);
  });

  it('that several have go over to who uses them when the first one drives out its own', () => {
    const { sum, use } = started();
    const common = definition({ common: { type: 'string' } });
    use(noisy, common);
    let serial = 0;
    const before = (): number => sum() - serial;
    for (let round = 0; round < 10; round += 1) {
      for (let at = 0; at < 10; at += 1) use(noisy, large((serial += 1)));
      use(quiet, common);
    }
    // the first time for the noisy one, the second for the quiet one, and then no more
    expect(before()).toBe(2);
  });
});
