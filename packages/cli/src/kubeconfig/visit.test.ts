import { parseKubeconfig } from '@kcp/client';
import { describe, expect, it } from '@jest/globals';
import { formatContexts } from '../testing/fixture.ts';
import { visitWorkspace } from './visit.ts';

const visit = { server: 'https://kcp/clusters/a', from: 'https://kcp/clusters/root', context: undefined };

function configWith(cluster: object) {
  const config = JSON.parse(formatContexts('https://kcp'));
  Object.assign(config.clusters[0].cluster, cluster);
  return parseKubeconfig(JSON.stringify(config), '/k/config');
}

describe('a kubeconfig for a visit', () => {
  it('has where one goes and where one comes from, and no credentials', () => {
    const document = visitWorkspace(configWith({}), visit);
    expect(document).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'workspace.kcp.io/current',
      clusters: [
        { name: 'workspace.kcp.io/current', cluster: { server: 'https://kcp/clusters/a' } },
        { name: 'workspace.kcp.io/previous', cluster: { server: 'https://kcp/clusters/root' } },
      ],
      contexts: [
        {
          name: 'workspace.kcp.io/current',
          context: { cluster: 'workspace.kcp.io/current', user: 'me', namespace: 'here' },
        },
        {
          name: 'workspace.kcp.io/previous',
          context: { cluster: 'workspace.kcp.io/previous', user: 'me', namespace: 'here' },
        },
      ],
    });
  });

  it('keeps all that is known of the server', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    const cluster = {
      'tls-server-name': 'kcp',
      'certificate-authority-data': Buffer.from(pem).toString('base64'),
      'proxy-url': 'http://proxy',
      'disable-compression': true,
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'a' } }],
    };
    const [current] = visitWorkspace(configWith(cluster), visit)['clusters'] as readonly { cluster: object }[];
    expect(current?.cluster).toEqual({ server: visit.server, ...cluster });
    const [unchecked] = visitWorkspace(configWith({ 'insecure-skip-tls-verify': true }), visit)[
      'clusters'
    ] as readonly { cluster: object }[];
    expect(unchecked?.cluster).toEqual({ server: visit.server, 'insecure-skip-tls-verify': true });
  });

  it('takes the user of another context where that is named, and needs it', () => {
    expect(visitWorkspace(configWith({}), { ...visit, context: 'base' })['contexts']).toMatchObject([
      { context: { user: 'other' } },
      { context: { user: 'other' } },
    ]);
    expect(() => visitWorkspace(configWith({}), { ...visit, context: 'gone' })).toThrow(
      'current "gone" context not found',
    );
  });
});
