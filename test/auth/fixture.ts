import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isObject, own, type JsonObject } from '@kcp/api-machinery';
import { createAuthority, issueCertificate, type KeyPair } from '@kcp/auth';
import { createLogicalCluster, openWire, type TestServer, type Wire, type WireRequest } from '@kcp/testing';
import type { Logger, LogFields } from '@kcp/telemetry';

const DAY = 86_400_000;
const times = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };

/** A folder for files that options name; gone with what it is given to. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file; its path. */
  write(name: string, content: string): Promise<string>;
}

/** Makes a folder. */
export async function makeFolder(): Promise<Folder> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-auth-'));
  return {
    path: folder,
    write: async (name, content) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** An authority. */
export const authority = (commonName: string): Promise<KeyPair> => createAuthority({ commonName, ...times });

/** A client's certificate. */
export const clientOf = (
  authority: KeyPair,
  commonName: string,
  organizations: readonly string[] = [],
): Promise<KeyPair> => issueCertificate({ authority, usage: 'client', commonName, organizations, ...times });

/** Lets a subject do everything in a logical cluster. */
export async function grant(
  server: TestServer,
  cluster: string,
  subject: Readonly<Record<'kind' | 'name', string>>,
): Promise<void> {
  await server.client(cluster).create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: {
      name: `all-${Object.values(subject)
        .join('-')
        .replaceAll(/[^a-z0-9-]/g, '-')}`,
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', ...subject }],
  });
}

/** Makes a logical cluster ready, with kube-system. */
export async function makeCluster(server: TestServer, cluster: string): Promise<void> {
  const client = server.client(cluster);
  if (cluster !== 'root') {
    await createLogicalCluster(client);
  }
  await client.create('/api/v1/namespaces', { metadata: { name: 'kube-system' } });
}

/** Somebody's connection to a logical cluster. */
export function wireTo(
  server: TestServer,
  who: { cluster?: string; token?: string; clientCertificate?: KeyPair } = {},
): Wire {
  const { cluster = 'root', ...rest } = who;
  return openWire({ url: `${server.url}/clusters/${cluster}`, authority: server.server.certificateAuthority, ...rest });
}

/** What a request came to: the user that the server sees, or the status. */
export async function whoAmI(wire: Wire, headers: WireRequest['headers'] = {}): Promise<JsonObject | number> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const { status, object } = await wire.request('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
    method: 'POST',
    body,
    headers,
  });
  if (status !== 201) return status;
  const answered = own(object, 'status') ?? {};
  const user = isObject(answered) ? own(answered, 'userInfo') : undefined;
  return user !== undefined && isObject(user) ? user : 0;
}

/** The status of a TokenReview. */
export async function reviewToken(
  server: TestServer,
  token: string,
  more: { cluster?: string; audiences?: string[] } = {},
): Promise<JsonObject> {
  const { cluster = 'root', audiences } = more;
  const spec = { token, ...(audiences && { audiences }) };
  const review = await server.client(cluster).create('/apis/authentication.k8s.io/v1/tokenreviews', { spec });
  const status = own(review, 'status') ?? {};
  return isObject(status) ? status : {};
}

/** A logger that can be waited for. */
export class ListeningLogger implements Logger {
  readonly #heard: { message: string; fields: LogFields }[] = [];
  #wake = Promise.withResolvers<void>();
  readonly debug = (): void => {};
  readonly info = (message: string, fields: LogFields = {}): void => this.#hear(message, fields);
  readonly warn = (message: string, fields: LogFields = {}): void => this.#hear(message, fields);
  readonly error = (message: string, fields: LogFields = {}): void => this.#hear(message, fields);

  child(): Logger {
    return this;
  }

  /** Waits until a message was logged so often. */
  async heard(message: string, times = 1): Promise<void> {
    while (this.#heard.filter((line) => line.message === message).length < times) await this.#wake.promise;
  }

  #hear(message: string, fields: LogFields): void {
    this.#heard.push({ message, fields });
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
