import { homedir } from 'node:os';
import { connectionOf, inClusterConnection, kubeconfigFiles, loadKubeconfig, type Connection } from '@kcp/client';

/** What says which server is meant. */
export interface ConnectionSources {
  readonly kubeconfig: string;
  readonly context: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** As kubectl finds it: the file that is named, $KUBECONFIG, the pod's service account where this is one, ~/.kube/config. */
export async function findConnection({ kubeconfig, context, environment }: ConnectionSources): Promise<Connection> {
  const { KUBECONFIG: variable, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  const isNamed = kubeconfig !== '' || (variable ?? '') !== '';
  if (!isNamed && host !== undefined) return inClusterConnection({ host, port });
  const config = await loadKubeconfig(kubeconfigFiles({ explicit: kubeconfig, variable, home: homedir() }));
  return connectionOf(config, context === '' ? {} : { context });
}
