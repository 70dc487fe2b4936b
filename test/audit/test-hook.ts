import { createServer } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthority, issueCertificate } from '@kcp/auth';

/** What a webhook was sent. */
export interface HookRequest {
  readonly authorization: string | undefined;
  readonly list: {
    readonly kind: string;
    readonly items: readonly { readonly stage: string; readonly auditID: string }[];
  };
}

/** A webhook over TLS on a port of this machine. */
export interface TestHook extends AsyncDisposable {
  /** A kubeconfig that names it, with a token. */
  readonly kubeconfig: string;
  readonly requests: readonly HookRequest[];
}

/** Starts a webhook that answers with a status, or never. */
export async function startHook(status: number | 'never'): Promise<TestHook> {
  const validity = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  const authority = await createAuthority({ commonName: 'hook', ...validity });
  const { certificate, privateKey } = await issueCertificate({
    authority,
    usage: 'server',
    commonName: 'hook',
    hosts: ['127.0.0.1'],
    ...validity,
  });
  const requests: HookRequest[] = [];
  const take = async (request: IncomingMessage): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const list = JSON.parse(Buffer.concat(chunks).toString()) as HookRequest['list'];
    requests.push({ authorization: request.headers.authorization, list });
  };
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    void take(request).then(() => status !== 'never' && response.writeHead(status).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    requests,
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'hook',
          cluster: {
            server: `https://127.0.0.1:${(server.address() as AddressInfo).port}/audit`,
            'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
          },
        },
      ],
      users: [{ name: 'kcp', user: { token: 'a-token' } }],
      contexts: [{ name: 'hook', context: { cluster: 'hook', user: 'kcp' } }],
      'current-context': 'hook',
    }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
