/** What a kubeconfig of this server holds. */
export interface KubeconfigContent {
  /** The certificate that servers are checked by, PEM. */
  readonly authority: string;
  /** URL by the name of the cluster entry. */
  readonly clusters: Readonly<Record<string, string>>;
  /** Token by the name of the user entry. */
  readonly users: Readonly<Record<string, string>>;
  readonly contexts: Readonly<Record<string, { readonly cluster: string; readonly user: string }>>;
  readonly current: string;
}

/** Writes a kubeconfig. JSON strings are YAML: names such as `system:admin` need no further care. */
export function formatKubeconfig({ authority, clusters, users, contexts, current }: KubeconfigContent): string {
  const data = Buffer.from(authority).toString('base64');
  return `${[
    'apiVersion: v1',
    'kind: Config',
    'preferences: {}',
    'clusters:',
    ...Object.entries(clusters).flatMap(([name, server]) => [
      `- name: ${JSON.stringify(name)}`,
      '  cluster:',
      `    server: ${JSON.stringify(server)}`,
      `    certificate-authority-data: ${data}`,
    ]),
    'users:',
    ...Object.entries(users).flatMap(([name, token]) => [
      `- name: ${JSON.stringify(name)}`,
      '  user:',
      `    token: ${JSON.stringify(token)}`,
    ]),
    'contexts:',
    ...Object.entries(contexts).flatMap(([name, { cluster, user }]) => [
      `- name: ${JSON.stringify(name)}`,
      '  context:',
      `    cluster: ${JSON.stringify(cluster)}`,
      `    user: ${JSON.stringify(user)}`,
    ]),
    `current-context: ${JSON.stringify(current)}`,
  ].join('\n')}\n`;
}

/** The token of a user entry, in a kubeconfig that we wrote or that kubectl rewrote; undefined where there is none. */
export function tokenOfUser(text: string, name: string): string | undefined {
  const users = text.slice(Math.max(0, text.search(/^users:/m)));
  for (const entry of users.split(/^- /m)) {
    const own = /(?:^|\s)name:\s*"?([^"\s]+)"?/.exec(entry)?.[1];
    if (own === name) return /\btoken:\s*"?([^"\s]+)"?/.exec(entry)?.[1];
  }
  return undefined;
}
