/** A kubeconfig with one context, `test`, as JSON, which every reader of kubeconfigs takes for the YAML that it is. */
export function formatTestKubeconfig({
  server,
  token,
  authority,
}: {
  server: string;
  token: string;
  authority: string;
}): string {
  const data = Buffer.from(authority).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': data } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
