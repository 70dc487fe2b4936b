import { readFileSync } from 'node:fs';
import type { Elsewhere } from '@kcp/apiserver';
import { parseBearer, type Authenticator, type UserInfo } from '@kcp/auth';
import type { Request } from '@kcp/http';
import { root } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import type { Outbound, OutboundTls } from '@kcp/outbound';
import { mountRequests } from '@kcp/tenancy';
import { isEnabled } from './feature-gates.ts';
import type { ServerOptions } from './options.ts';

/** What requests to mounted workspaces are passed on with. */
interface MountParts {
  readonly store: ObjectReader;
  readonly outbound: Outbound;
  readonly authenticate: Authenticator;
  /** Where this server is reached. */
  readonly serverUrl: () => string;
  /** What this server is checked by, PEM. */
  readonly authority: () => string;
  /** In milliseconds. */
  readonly clock: () => number;
}

/** The certificate by which mounts know this server is read anew after so long: somebody renews it. */
const REREAD_MS = 60_000;

/** Mounted workspaces; undefined where there are none (WorkspaceMounts). Throws where a file of the options cannot be read. */
export function mounts(options: ServerOptions, parts: MountParts): Elsewhere | undefined {
  if (!isEnabled(options, 'WorkspaceMounts')) return undefined;
  const pair = clientPair(options, parts.clock);
  const tls = (url: string): OutboundTls => {
    const own = parts.serverUrl();
    const clientCertificate = pair?.();
    return {
      ...(url === own || url.startsWith(`${own}/`) ? { caBundle: parts.authority() } : {}),
      ...(clientCertificate && { clientCertificate }),
    };
  };
  return mountRequests({
    store: parts.store,
    outbound: parts.outbound,
    tls,
    ...(pair && { identify: (request) => identify(parts.authenticate, request) }),
  });
}

type Pair = NonNullable<OutboundTls['clientCertificate']>;

function clientPair(options: ServerOptions, clock: () => number): (() => Pair) | undefined {
  const { mountProxyClientCertFile: certificateFile, mountProxyClientKeyFile: keyFile } = options;
  if (certificateFile === undefined || keyFile === undefined) return undefined;
  const read = (): Pair => ({
    certificate: readFileSync(certificateFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
  });
  let current = { pair: read(), at: clock() };
  return () => {
    if (clock() - current.at < REREAD_MS) return current.pair;
    try {
      current = { pair: read(), at: clock() };
    } catch {
      // half renewed: what was read before holds until the next time
      current = { ...current, at: clock() };
    }
    return current.pair;
  };
}

/** Who makes a request, as far as this server knows them by itself; nobody for who shows nothing. */
async function identify(authenticate: Authenticator, request: Request): Promise<UserInfo | undefined> {
  const { peer, path } = request;
  const { certificate, certificateError } = peer;
  const token = parseBearer(request.header('authorization'));
  const answer = await authenticate({ token, certificate, certificateError, cluster: root, path, request, peer });
  return answer.kind === 'authenticated' && answer.user.name !== ANONYMOUS ? answer.user : undefined;
}

const ANONYMOUS = 'system:anonymous';
