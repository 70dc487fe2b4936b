import { describe, expect, it } from '@jest/globals';
import { parseKubeconfig } from './decode.ts';
import { KubeconfigError } from './kubeconfig-error.ts';

const whole = `
apiVersion: v1
kind: Config
preferences: {colors: true}
current-context: work
clusters:
- name: one
  cluster:
    server: https://one.example:6443/clusters/root:org
    certificate-authority: pki/ca.crt
    tls-server-name: inner.example
    proxy-url: http://proxy.example:3128
    disable-compression: yes
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: x}
- name: two
  cluster: {server: https://two.example, certificate-authority-data: Q0E=, insecure-skip-tls-verify: false}
users:
- name: carol
  user:
    client-certificate-data: Q0VSVA==
    client-key: /abs/key.pem
    token: abc
    tokenFile: token
    as: dave
    as-uid: "7"
    as-groups: [a, b]
    as-user-extra: {scope: [r, w], __proto__: [z]}
- name: robot
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./bin/login
      args: [--now]
      env: [{name: A, value: "1"}, {name: B, value: ""}]
      provideClusterInfo: true
      interactiveMode: Never
      installHint: get it
contexts:
- name: work
  context: {cluster: one, user: carol, namespace: team}
- name: bare
  context: {cluster: two, user: ""}
`;

describe('a kubeconfig that its user is trusted with', () => {
  const config = parseKubeconfig(whole, '/home/carol/.kube/config');

  it('gives clusters, with paths relative to the file', () => {
    expect([...config.clusters.keys()]).toEqual(['one', 'two']);
    expect(config.clusters.get('one')).toEqual({
      file: '/home/carol/.kube/config',
      server: 'https://one.example:6443/clusters/root:org',
      tlsServerName: 'inner.example',
      insecureSkipTlsVerify: false,
      authority: { kind: 'file', path: '/home/carol/.kube/pki/ca.crt' },
      proxyUrl: 'http://proxy.example:3128',
      disableCompression: true,
      execExtension: { audience: 'x' },
    });
    expect(config.clusters.get('two')?.authority).toEqual({ kind: 'data', pem: 'CA' });
  });

  it('gives users, data before files', () => {
    expect(config.users.get('carol')).toMatchObject({
      certificate: { kind: 'data', pem: 'CERT' },
      key: { kind: 'file', path: '/abs/key.pem' },
      token: 'abc',
      tokenFile: '/home/carol/.kube/token',
      exec: undefined,
    });
  });

  it('gives impersonation, its keys as they are', () => {
    const extra = new Map([
      ['scope', ['r', 'w']],
      ['__proto__', ['z']],
    ]);
    expect(config.users.get('carol')?.impersonate).toEqual({ user: 'dave', uid: '7', groups: ['a', 'b'], extra });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('gives credential plugins, their command relative to the file', () => {
    expect(config.users.get('robot')?.exec).toEqual({
      command: '/home/carol/.kube/bin/login',
      args: ['--now'],
      environment: new Map([
        ['A', '1'],
        ['B', ''],
      ]),
      apiVersion: 'client.authentication.k8s.io/v1',
      installHint: 'get it',
      provideClusterInfo: true,
      interactiveMode: 'Never',
    });
  });

  it('gives contexts and the current one', () => {
    expect(config.currentContext).toBe('work');
    expect(config.contexts.get('work')).toMatchObject({ cluster: 'one', user: 'carol', namespace: 'team' });
    expect(config.contexts.get('bare')).toMatchObject({ cluster: 'two', user: '', namespace: undefined });
  });

  it('takes an empty text, nulls and JSON', () => {
    for (const text of ['', '# nothing', 'clusters: null\nusers:\ncontexts: []', '{"apiVersion":"v1","kind":"Config"}'])
      expect(parseKubeconfig(text).clusters.size).toBe(0);
  });

  it('keeps entries apart that are named like a prototype', () => {
    const odd = parseKubeconfig(
      'contexts:\n- name: __proto__\n  context: {cluster: c}\n- {name: constructor, context: {}}',
    );
    expect([...odd.contexts.keys()]).toEqual(['__proto__', 'constructor']);
    expect(odd.users.get('constructor')).toBeUndefined();
  });

  it('leaves a command without a slash to PATH', () => {
    const user = (command: string) =>
      parseKubeconfig(
        `users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ${command}}}}]`,
        '/k/config',
      ).users.get('u')?.exec;
    expect(user('login')).toMatchObject({ command: 'login', interactiveMode: 'IfAvailable' });
    expect(user('/bin/login')).toMatchObject({ command: '/bin/login' });
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ['no YAML', 'a: [', 'f: is not valid YAML: '],
    ['a key twice', 'kind: Config\nkind: Config', 'f: is not valid YAML: duplicated mapping key'],
    ['several documents', 'kind: Config\n---\nkind: Config', 'f: holds several YAML documents'],
    ['no mapping', '- a', 'f: is not a kubeconfig: a mapping is expected'],
    ['another kind', 'kind: List', 'f: is a List of v1, not a Config of v1'],
    ['another version', 'apiVersion: v2', 'f: is a Config of v2, not a Config of v1'],
    ['a list that is none', 'clusters: {}', 'f: clusters: must be a list'],
    ['an entry that is none', 'users: [x]', 'f: users[0]: must be a mapping'],
    ['a name that is missing', 'users: [{user: {}}]', 'f: users[0].name: is missing'],
    [
      'a name that is there twice',
      'users: [{name: a, user: {}}, {name: a, user: {}}]',
      'f: users: the name "a" is there twice',
    ],
    [
      'a number where a text is meant',
      'users: [{name: a, user: {token: 12}}]',
      'f: users["a"].user.token: must be a text: put it in quotes',
    ],
    [
      'bytes that are no base64',
      'clusters: [{name: a, cluster: {certificate-authority-data: "%"}}]',
      'f: clusters["a"].cluster.certificate-authority-data: must be base64',
    ],
    [
      'a text where a flag is meant',
      'clusters: [{name: a, cluster: {insecure-skip-tls-verify: "true"}}]',
      'f: clusters["a"].cluster.insecure-skip-tls-verify: must be true or false',
    ],
    [
      'groups without a user',
      'users: [{name: a, user: {as-groups: [x]}}]',
      'f: users["a"].user.as: is missing, but other fields of impersonation are there',
    ],
    [
      'a plugin of another version',
      'users: [{name: a, user: {exec: {apiVersion: v1, command: x}}}]',
      'f: users["a"].user.exec.apiVersion: must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1',
    ],
    [
      'a plugin that does not say whether it asks',
      'users: [{name: a, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x}}}]',
      'f: users["a"].user.exec.interactiveMode: must be Never, IfAvailable, Always',
    ],
  ];
  it.each(refused)('refuses %s', (_what, text, message) => {
    const read = (): unknown => parseKubeconfig(text, 'f');
    expect(read).toThrow(KubeconfigError);
    expect(read).toThrow(message);
  });

  it('shows no secret where the text cannot be read', () => {
    const read = (): unknown => parseKubeconfig('users:\n- token: s3cr3t\n  token: s3cr3t');
    expect(read).toThrow(KubeconfigError);
    expect(read).not.toThrow('s3cr3t');
  });

  it('refuses aliases that unfold into too much, and texts that are too large or too deep', () => {
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let at = 1; at < 9; at += 1)
      bomb.push(`a${at}: &a${at} [${Array.from({ length: 10 }, () => `*a${at - 1}`).join()}]`);
    expect(() => parseKubeconfig(bomb.join('\n'))).toThrow('too many values');
    expect(() => parseKubeconfig(`a: "${'x'.repeat(5_000_000)}"`)).toThrow('is larger than');
    expect(() => parseKubeconfig(`a: ${'['.repeat(500)}${']'.repeat(500)}`)).toThrow(KubeconfigError);
  });
});
