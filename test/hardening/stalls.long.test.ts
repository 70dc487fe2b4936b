import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { stringifyJson, type JsonObject } from '@kcp/api-machinery';
import type { BareAnswer, BareRequest } from './bare-client.ts';
import { expectNobodyHeld, sendExpecting, type HoldsNobody, type Send } from './holds-nobody.ts';
import { largeDefinition, largeSchema } from './large-definition.ts';
import { startProbedServer, type ProbedServer } from './probe.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const MERGE = 'application/merge-patch+json';

let server: ProbedServer;
beforeAll(async () => {
  server = await startProbedServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const holdsNobody: HoldsNobody = (what, work) => expectNobodyHeld(server, what, work);
const send: Send = (path, request, status) => sendExpecting(server, path, request, status);

/** On a connection of its own: Node loses large requests that follow on one while an answer is still being written to it. */
async function define(cluster: string, definition: JsonObject): Promise<void> {
  const body = stringifyJson(definition);
  await send(`/clusters/${cluster}${DEFINITIONS}`, { method: 'POST', body, headers: { connection: 'close' } }, 201);
}

async function served(cluster: string, plural: string): Promise<void> {
  const path = `/clusters/${cluster}/apis/large.example.com/v1/${plural}`;
  const deadline = performance.now() + 20_000;
  while ((await server.client.send(path)).status !== 200) {
    if (performance.now() > deadline) throw new Error(`${plural} are not served`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a definition of a megabyte', () => {
  const schema = largeSchema(800_000);
  const path = (cluster: string): string => `/clusters/${cluster}${DEFINITIONS}/things.large.example.com`;

  it('is created, established, and its objects are written', async () => {
    await holdsNobody('creating a definition of a megabyte', async (attempt) => {
      // not the same one, else it is known to be valid
      const more = { type: 'object', ...schema, description: `attempt ${attempt}` };
      await define(`large${attempt}`, largeDefinition('things', more));
      await served(`large${attempt}`, 'things');
      const object = { apiVersion: 'large.example.com/v1', kind: 'Things', metadata: { name: 'a' }, spec: {} };
      const body = stringifyJson(object);
      await send(`/clusters/large${attempt}/apis/large.example.com/v1/things`, { method: 'POST', body }, 201);
    });
  });

  it('is changed', async () => {
    await holdsNobody('changing a definition of a megabyte', async (attempt) => {
      const labels = stringifyJson({ metadata: { labels: { attempt: String(attempt) } } });
      await send(path('large0'), { method: 'PATCH', body: labels, contentType: MERGE }, 200);
      const { object } = await send(path('large0'), {}, 200);
      const changed = { ...schema, description: `changed ${attempt}` };
      const body = stringifyJson({ ...object, spec: largeDefinition('things', changed)['spec'] ?? {} });
      await send(path('large0'), { method: 'PUT', body }, 200);
    });
  });

  it('is published', async () => {
    await holdsNobody('publishing a definition of a megabyte', async (attempt) => {
      await send(`/clusters/large${attempt}/openapi/v3/apis/large.example.com/v1`, {}, 200);
      await send(`/clusters/large${attempt}/openapi/v2`, {}, 200);
    });
  });

  it('is refused', async () => {
    await holdsNobody('refusing a definition of a megabyte', async (attempt) => {
      const text = stringifyJson(largeDefinition(`wrongs${attempt}`, schema)).replaceAll('"type":"string",', '');
      await send(`/clusters/large0${DEFINITIONS}`, { method: 'POST', body: text }, 422);
    });
  });

  it('is deleted', async () => {
    await holdsNobody('deleting a definition of a megabyte', async (attempt) => {
      await send(path(`large${attempt}`), { method: 'DELETE' }, 200);
      while ((await server.client.send(path(`large${attempt}`))).status !== 404);
    });
  });
});

describe('many definitions', () => {
  const KINDS = Array.from({ length: 60 }, (_, at) => `kinds${at}`);
  const schema = largeSchema(80_000);

  it('are created, listed, discovered and published', async () => {
    await holdsNobody('60 definitions', async (attempt) => {
      const cluster = `many${attempt}`;
      const left = [...KINDS];
      const create = async (): Promise<void> => {
        for (let plural = left.pop(); plural !== undefined; plural = left.pop())
          await define(cluster, largeDefinition(plural, { ...schema, description: `${plural} ${attempt}` }));
      };
      await Promise.all(Array.from({ length: 8 }, create));
      for (const plural of KINDS) await served(cluster, plural);
      const ask = (path: string, accept = 'application/json'): Promise<BareAnswer> =>
        send(`/clusters/${cluster}${path}`, { headers: { accept } }, 200);
      await Promise.all(Array.from({ length: 16 }, () => ask('/apis', AGGREGATED)));
      await Promise.all([ask('/openapi/v3'), ask('/openapi/v3'), ask('/openapi/v2')]);
      await ask(DEFINITIONS, 'application/json;as=Table;v=v1;g=meta.k8s.io');
    });
  });
});

describe('large bodies', () => {
  const maps = '/clusters/large0/api/v1/namespaces/default/configmaps';
  const lines = Array.from({ length: 40_000 }, (_, at) => `  key${at}: text number ${at} of a large body`);
  const json = (name: string): string => {
    const data = Object.fromEntries(lines.slice(0, 15_000).map((line, at) => [`key${at}`, line]));
    return stringifyJson({ metadata: { name }, data });
  };

  beforeAll(async () => {
    await send('/clusters/large0/api/v1/namespaces', { method: 'POST', body: '{"metadata":{"name":"default"}}' }, 201);
  });

  it('are read, stored and shown', async () => {
    await holdsNobody('an object of 15,000 fields', async (attempt) => {
      await send(maps, { method: 'POST', body: json(`m${attempt}`) }, 201);
      await send(`${maps}/m${attempt}`, { headers: { accept: 'application/yaml' } }, 200);
      await send(`${maps}/m${attempt}?pretty=true`, {}, 200);
    });
  });

  it.each<[string, string, BareRequest, number]>([
    ['YAML of 40,000 lines', `data:\n${lines.join('\n')}\n`, { contentType: 'application/yaml' }, 422],
    ['YAML that is none', `data:\n${lines.join('\n')}\n  key: [`, { contentType: 'application/yaml' }, 400],
    ['JSON that ends early', json('x').slice(0, -2), {}, 400],
    ['JSON with a key that comes twice', `{"kind":"x",${json('x').slice(1, -1)},"kind":"ConfigMap"}`, {}, 201],
    ['a text of 2.9 MB', stringifyJson({ data: { a: 'x'.repeat(2_900_000) } }), {}, 422],
  ])('%s', async (name, body, request, status) => {
    await holdsNobody(name, async (attempt) => {
      const named = body.replaceAll('"name":"x"', `"name":"x${attempt}"`);
      await send(maps, { ...request, method: 'POST', body: named }, status);
    });
  });
});

describe('a rule that costs as much as it may', () => {
  const RULE = 'self.items.all(x, self.items.all(y, x + y >= 0))';
  const items = { type: 'array', maxItems: 1000, items: { type: 'integer' } };
  const spec = { type: 'object', properties: { items }, 'x-kubernetes-validations': [{ rule: RULE }] };
  const body = (name: string): string => {
    const values = Array.from({ length: 370 }, (_, at) => at);
    return stringifyJson({
      apiVersion: 'large.example.com/v1',
      kind: 'Costly',
      metadata: { name },
      spec: { items: values },
    });
  };

  it('of a definition', async () => {
    await define('costly', largeDefinition('costly', { type: 'object', properties: { spec } }));
    await served('costly', 'costly');
    await holdsNobody('a rule at the limit', async (attempt) => {
      await send(
        `/clusters/costly/apis/large.example.com/v1/costly`,
        { method: 'POST', body: body(`c${attempt}`) },
        201,
      );
    });
  });

  it('of a policy', async () => {
    const policies = '/clusters/costly/apis/admissionregistration.k8s.io/v1';
    const rule = { apiGroups: [''], apiVersions: ['*'], operations: ['CREATE'], resources: ['configmaps'] };
    const costly = 'lists.range(350).all(x, lists.range(350).all(y, x + y >= 0))';
    const policy = {
      metadata: { name: 'costly' },
      spec: {
        matchConstraints: { resourceRules: [rule] },
        matchConditions: [{ name: 'a', expression: costly }],
        variables: [{ name: 'a', expression: costly }],
        validations: [{ expression: 'variables.a' }, { expression: costly }],
      },
    };
    const bound = { metadata: { name: 'costly' }, spec: { policyName: 'costly', validationActions: ['Deny'] } };
    await send('/clusters/costly/api/v1/namespaces', { method: 'POST', body: '{"metadata":{"name":"default"}}' }, 201);
    await send(`${policies}/validatingadmissionpolicies`, { method: 'POST', body: stringifyJson(policy) }, 201);
    await send(`${policies}/validatingadmissionpolicybindings`, { method: 'POST', body: stringifyJson(bound) }, 201);
    await holdsNobody('a policy at its limits', async (attempt) => {
      const map = stringifyJson({ metadata: { name: `m${attempt}` } });
      await send('/clusters/costly/api/v1/namespaces/default/configmaps', { method: 'POST', body: map }, 201);
    });
  });
});
