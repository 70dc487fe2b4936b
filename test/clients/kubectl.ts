import { fileURLToPath } from 'node:url';
import type { TestServer } from '@kcp/testing';
import { clientOf, type Client } from './command.ts';

/** The path of a file under fixtures. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** Creates a ConfigMap with `create -f`, which sends JSON where `create configmap` sends protobuf. */
export function createConfigMap(
  kubectl: Client,
  name: string,
  data: Readonly<Record<string, string>> = {},
): Promise<string> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
  return kubectl.ok(['create', '-f', '-'], { input: JSON.stringify(object) });
}

/** kubectl in a logical cluster that nobody used before, with a namespace `demo` that it works in by default. */
export async function kubectlIn(
  program: string,
  { server, cluster }: { server: TestServer; cluster: string },
): Promise<Client> {
  const kubectl = await clientOf(program, { server, cluster });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } };
  await kubectl.ok(['create', '-f', '-'], { input: JSON.stringify(namespace) });
  await kubectl.ok(['config', 'set-context', '--current', '--namespace=demo']);
  return kubectl;
}
