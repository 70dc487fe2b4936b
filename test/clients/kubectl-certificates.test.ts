import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogicalCluster, certificateRequest, startTestServer, type TestServer } from '@kcp/testing';
import { clientOf, type Client } from './command.ts';
import { findTool } from './tools.ts';

const program = await findTool('kubectl 1.35');
const CLUSTERS = ['blue', 'green'];

/** A logical cluster that can be entered, where the group `team` may do everything. */
async function prepare(server: TestServer, cluster: string): Promise<void> {
  const admin = server.client(cluster);
  await createLogicalCluster(admin);
  for (const role of ['cluster-admin', 'system:kcp:workspace:access'])
    await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: `team-${role.replaceAll(':', '-')}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'team' }],
    });
}

(program ? describe : describe.skip)('kubectl certificate', () => {
  let server: TestServer;
  let kubectl: Client;

  beforeAll(async () => {
    server = await startTestServer();
    for (const cluster of CLUSTERS) await prepare(server, cluster);
    kubectl = await clientOf(program ?? '', { server, cluster: 'blue' });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function ask(name: string, subject: string): Promise<string> {
    const { key, request } = await certificateRequest(subject);
    await writeFile(join(server.folder, `${name}.key`), key);
    const csr = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name },
      spec: {
        request: Buffer.from(request).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
        expirationSeconds: 3600,
      },
    };
    return kubectl.ok(['create', '-f', '-'], { input: JSON.stringify(csr) });
  }

  /** kubectl with a kubeconfig that holds the issued certificate, for one logical cluster. */
  async function as(name: string, cluster: string): Promise<readonly string[]> {
    const pem = await kubectl.ok(['get', 'csr', name, '-o', 'jsonpath={.status.certificate}']);
    await writeFile(join(server.folder, `${name}.crt`), Buffer.from(pem, 'base64'));
    const path = join(server.folder, `${name}-${cluster}.kubeconfig`);
    const data = Buffer.from(server.server.certificateAuthority).toString('base64');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'c', cluster: { server: `${server.url}/clusters/${cluster}`, 'certificate-authority-data': data } },
      ],
      users: [{ name: 'u', user: { 'client-certificate': `${name}.crt`, 'client-key': `${name}.key` } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    };
    await writeFile(path, JSON.stringify(config));
    return ['--kubeconfig', path];
  }

  it('approves a request; the certificate counts in its logical cluster and nowhere else', async () => {
    expect(await ask('jane', 'O=team, CN=jane')).toContain('jane created');
    expect(await kubectl.ok(['get', 'csr', 'jane', '--no-headers'])).toMatch(
      / kubernetes.io\/kube-apiserver-client +admin +60m +Pending\n/,
    );
    expect(await kubectl.ok(['certificate', 'approve', 'jane'])).toContain('jane approved');
    await kubectl.ok(['wait', 'csr/jane', '--for=jsonpath={.status.certificate}', '--timeout=20s']);
    expect(await kubectl.ok(['get', 'csr', 'jane', '--no-headers'])).toMatch(/Approved,Issued\n/);
    const inBlue = await as('jane', 'blue');
    expect(await kubectl.ok([...inBlue, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo}'])).toMatch(
      /"authentication.kcp.io\/scopes":\["cluster:blue"\].*"groups":\["team","system:authenticated"\],"username":"jane"/,
    );
    expect(await kubectl.ok([...inBlue, 'create', 'namespace', 'made-by-jane'])).toContain('created');
    for (const cluster of ['green', 'root', 'system:admin']) {
      const { code, stderr } = await kubectl.run([...(await as('jane', cluster)), 'get', 'configmaps']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('Error from server (Forbidden)')]);
    }
  });

  it('denies a request; there is no certificate', async () => {
    await ask('denied', 'O=team, CN=joe');
    expect(await kubectl.ok(['certificate', 'deny', 'denied'])).toContain('denied denied');
    expect(await kubectl.ok(['get', 'csr', 'denied', '--no-headers'])).toMatch(/ Denied\n/);
    expect((await kubectl.run(['certificate', 'approve', 'denied'])).stderr).toContain('is already Denied');
  });

  it('mints no administrator of the server', async () => {
    await expect(ask('master', 'O=system:masters, CN=eve')).rejects.toThrow(
      /use of kubernetes.io\/kube-apiserver-client signer with system:masters group is not allowed/,
    );
    await ask('admin', 'O=system:kcp:admin, CN=eve');
    await kubectl.ok(['certificate', 'approve', 'admin']);
    await kubectl.ok(['wait', 'csr/admin', '--for=condition=Failed', '--timeout=20s']);
    expect(await kubectl.ok(['get', 'csr', 'admin', '-o', 'jsonpath={.status.certificate}'])).toBe('');
    expect(await kubectl.ok(['get', 'csr', 'admin', '-o', 'jsonpath={.status.conditions[*].message}'])).toContain(
      '"system:kcp:admin" is reserved',
    );
  });
});
