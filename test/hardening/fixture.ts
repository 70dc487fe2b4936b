import { stringifyJson, type JsonObject } from '@kcp/api-machinery';
import { widgetDefinition } from '../isolation/sample.ts';
import type { BareAnswer } from './bare-client.ts';
import type { ProbedServer } from './probe.ts';

/** Creates an object; rejects where it is refused. */
export async function create(server: ProbedServer, path: string, object: JsonObject): Promise<BareAnswer> {
  const answer = await server.client.send(path, { method: 'POST', body: stringifyJson(object) });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer;
}

/** Makes namespaces in a logical cluster. */
export async function createNamespaces(server: ProbedServer, cluster: string, names: readonly string[]): Promise<void> {
  for (const name of names) await create(server, `/clusters/${cluster}/api/v1/namespaces`, { metadata: { name } });
}

/** Makes the kind Widget served in a logical cluster. */
export async function serveWidgets(server: ProbedServer, cluster: string): Promise<void> {
  const definitions = `/clusters/${cluster}/apis/apiextensions.k8s.io/v1/customresourcedefinitions`;
  await create(server, definitions, widgetDefinition);
  const deadline = performance.now() + 10_000;
  while ((await server.client.send(`/clusters/${cluster}/apis/example.com/v1/widgets`)).status !== 200) {
    if (performance.now() > deadline) throw new Error('widgets are not served');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
