import { expect } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { isArray, isObject } from '@kcp/api-machinery';
import { Acknowledged, fields, textAt, type DrilledServer } from './drilled-server.ts';

const MAPS = '/clusters/applied/api/v1/namespaces/default/configmaps';

/** How large the drill is. */
export interface ApplyDrill {
  readonly managers: number;
  readonly objects: number;
  /** The server is killed when so many applies were acknowledged. */
  readonly acknowledged: number;
}

function apply(server: DrilledServer, { object, manager, value }: { object: number; manager: number; value: number }) {
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `map-${object}` },
    data: { [`m${manager}`]: String(value) },
  };
  const contentType = 'application/apply-patch+yaml';
  return server.attempt(`${MAPS}/map-${object}?fieldManager=manager-${manager}`, {
    method: 'PATCH',
    body,
    contentType,
  });
}

/**
 * Several managers apply a field of their own to all objects, over and over, until the server dies. After its start each field has
 * the value that was acknowledged last, or one that was on its way, and belongs to its manager alone.
 */
export async function crashInApplies(server: DrilledServer, drill: ApplyDrill): Promise<void> {
  await server.attempt('/clusters/applied/api/v1/namespaces', {
    method: 'POST',
    body: { metadata: { name: 'default' } },
  });
  const acknowledged = new Acknowledged();
  const last = new Map<string, number>();
  const crashed = acknowledged.reaches(drill.acknowledged).then(() => server.crash());
  await Promise.all(
    Array.from({ length: drill.managers }, async (_, manager) => {
      for (let value = 1; ; value += 1) {
        for (let object = 0; object < drill.objects; object += 1) {
          const answer = await apply(server, { object, manager, value });
          if (answer === undefined) return;
          expect([200, 201]).toContain(answer.status);
          last.set(`map-${object} m${manager}`, value);
          acknowledged.add();
        }
      }
    }),
  );
  await crashed;
  await server.restart();
  for (let object = 0; object < drill.objects; object += 1) {
    const found = await server.attempt(`${MAPS}/map-${object}`);
    if (found?.status === 200) check(found.object, `map-${object}`, last);
    else expect([...last.keys()].filter((key) => key.startsWith(`map-${object} `))).toEqual([]);
  }
  await checkIdempotence(server, last);
}

function check(found: JsonObject, name: string, last: ReadonlyMap<string, number>): void {
  const data = fields(found, 'data');
  for (const [key, value] of last) {
    const [object, field = ''] = key.split(' ');
    if (object !== name) continue;
    // the apply after it may have reached the disk though its answer did not reach the manager
    expect([value, value + 1].map(String)).toContain(data[field]);
  }
  const { managedFields } = fields(found, 'metadata');
  const owners = (isArray(managedFields) ? managedFields.filter(isObject) : []).map((entry) => {
    const keys = Object.keys(fields(entry, 'fieldsV1', 'f:data'));
    return `${textAt(entry, 'manager')} ${textAt(entry, 'operation')} ${keys.join()}`;
  });
  const expected = Object.keys(data).map((field) => `manager-${field.slice(1)} Apply f:${field}`);
  expect(owners.toSorted()).toEqual(expected.toSorted());
}

/** What is applied again as it is changes nothing. */
async function checkIdempotence(server: DrilledServer, last: ReadonlyMap<string, number>): Promise<void> {
  const [key] = last.keys();
  const [name = '', field = ''] = (key ?? '').split(' ');
  const before = await server.request(`${MAPS}/${name}`);
  const [object, manager] = [Number(name.slice(4)), Number(field.slice(1))];
  const again = await apply(server, { object, manager, value: Number(fields(before, 'data')[field]) });
  expect(again?.object).toEqual(before);
}
