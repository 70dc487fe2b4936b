import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { UserInfo } from '@kcp/auth';
import type { RootDirectory } from './root-directory.ts';
import { RootDirectoryError } from './root-directory.ts';
import { formatKubeconfig, tokenOfUser } from './kubeconfig-file.ts';

/** A user of the admin kubeconfig and the hash that its token is known by. */
export interface AdminUser {
  readonly user: UserInfo;
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  readonly token: string;
}

/** What `admin.kubeconfig` gives to whoever may read it. */
export interface AdminCredentials {
  /** Admin of every workspace, through the ordinary chain; a new token each start. */
  readonly kcpAdmin: AdminUser;
  /** system:masters of this server; its token stays as long as the kubeconfig and the hash file are there. */
  readonly shardAdmin: AdminUser;
}

const KCP_ADMIN: UserInfo = {
  name: 'kcp-admin',
  uid: 'b24c7c14-3a5f-4d67-9f0e-3a1d2ef0a4f1',
  groups: ['system:kcp:admin'],
  extra: {},
};
const SHARD_ADMIN: UserInfo = {
  name: 'shard-admin',
  uid: '2c9a83a6-90b0-4b26-8c56-0c2d4f7a53c7',
  groups: ['system:masters'],
  extra: {},
};

/** Where the credentials are kept. */
export interface AdminFiles {
  readonly kubeconfig: string;
  readonly tokenHash: string;
}

/** The users' tokens: those that all servers on the store have in common, else the shard admin's from the files of an earlier start where they fit together, else new. */
export async function adminCredentials(
  directory: RootDirectory,
  files: AdminFiles,
  shared?: { readonly kcpAdminToken: string; readonly shardAdminToken: string },
): Promise<AdminCredentials> {
  if (shared !== undefined) {
    return {
      kcpAdmin: userWith(KCP_ADMIN, shared.kcpAdminToken),
      shardAdmin: userWith(SHARD_ADMIN, shared.shardAdminToken),
    };
  }
  return { kcpAdmin: newUser(KCP_ADMIN), shardAdmin: await shardAdmin(directory, files) };
}

async function shardAdmin(directory: RootDirectory, files: AdminFiles): Promise<AdminUser> {
  const stored = await directory.read(files.tokenHash);
  if (stored === undefined) return newUser(SHARD_ADMIN);
  const kubeconfig = await directory.read(files.kubeconfig);
  const token = kubeconfig === undefined ? undefined : tokenOfUser(kubeconfig, SHARD_ADMIN.name);
  const hash = Buffer.from(stored.trim(), 'hex');
  if (token !== undefined && hash.length === 32 && timingSafeEqual(hash, sha256(token)))
    return { user: SHARD_ADMIN, hash, token };
  const why = kubeconfig === undefined ? 'there is no kubeconfig with the token' : 'the kubeconfig holds another token';
  throw new RootDirectoryError(
    `${directory.at(files.tokenHash)} remembers the admin token of an earlier start, but ${why} (${directory.at(files.kubeconfig)}): remove the first file to have a new token made`,
  );
}

function newUser(user: UserInfo): AdminUser {
  return userWith(user, randomBytes(32).toString('base64url'));
}

function userWith(user: UserInfo, token: string): AdminUser {
  return { user, token, hash: sha256(token) };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Writes the kubeconfig with the contexts root (the current one), base, system:admin and shard-base, and then the hash of the
 * shard admin's token: a start that failed before leaves no hash without its token.
 */
export async function writeAdminFiles(
  directory: RootDirectory,
  files: AdminFiles,
  options: { credentials: AdminCredentials; server: string; authority: string },
): Promise<string> {
  const { credentials, server, authority } = options;
  const text = formatKubeconfig({
    authority,
    clusters: {
      root: `${server}/clusters/root`,
      base: server,
      'system:admin': `${server}/clusters/system:admin`,
      'shard-base': server,
    },
    users: { 'kcp-admin': credentials.kcpAdmin.token, 'shard-admin': credentials.shardAdmin.token },
    contexts: {
      root: { cluster: 'root', user: 'kcp-admin' },
      base: { cluster: 'base', user: 'kcp-admin' },
      'system:admin': { cluster: 'system:admin', user: 'shard-admin' },
      'shard-base': { cluster: 'shard-base', user: 'shard-admin' },
    },
    current: 'root',
  });
  await directory.write(files.kubeconfig, text);
  await directory.write(files.tokenHash, Buffer.from(credentials.shardAdmin.hash).toString('hex'));
  return directory.at(files.kubeconfig);
}
