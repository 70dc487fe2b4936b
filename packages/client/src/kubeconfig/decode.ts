import { dirname, isAbsolute, join, resolve } from 'node:path';
import { readDocument } from './document.ts';
import { FieldReader } from './field-reader.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import type {
  ExecConfig,
  Impersonation,
  Kubeconfig,
  KubeconfigCluster,
  KubeconfigContext,
  KubeconfigUser,
  PemSource,
} from './kubeconfig.ts';

const EXEC_EXTENSION = 'client.authentication.k8s.io/exec';
const EXEC_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'] as const;
const MODES = ['Never', 'IfAvailable', 'Always'] as const;

/**
 * Reads one kubeconfig that its user is trusted with, as kubectl does: fields that we do not know are let be, relative paths
 * are relative to the folder of `file` (to the working folder without one). Throws KubeconfigError.
 */
export function parseKubeconfig(text: string, file?: string): Kubeconfig {
  return decodeKubeconfig(new FieldReader(readDocument(text, file), '', file));
}

/** Reads a kubeconfig's document. */
export function decodeKubeconfig(document: FieldReader): Kubeconfig {
  const { file } = document;
  const [apiVersion, kind] = [document.text('apiVersion') ?? 'v1', document.text('kind') ?? 'Config'];
  if (apiVersion !== 'v1' || kind !== 'Config')
    throw new KubeconfigError(`is a ${kind} of ${apiVersion}, not a Config of v1`, { file });
  const entries = <T>(list: string, read: (entry: FieldReader) => T): ReadonlyMap<string, T> =>
    new Map(document.named(list).map(([name, entry]) => [name, read(entry)]));
  return {
    currentContext: document.text('current-context'),
    clusters: entries('clusters', (entry) => readCluster(body(entry, 'cluster'))),
    users: entries('users', (entry) => readUser(body(entry, 'user'))),
    contexts: entries('contexts', (entry) => readContext(body(entry, 'context'))),
  };
}

function body(entry: FieldReader, name: string): FieldReader {
  return entry.object(name) ?? new FieldReader({}, name, entry.file);
}

function readCluster(cluster: FieldReader): KubeconfigCluster {
  const extension = cluster.named('extensions').find(([name]) => name === EXEC_EXTENSION)?.[1];
  return {
    file: cluster.file,
    server: cluster.text('server'),
    tlsServerName: cluster.text('tls-server-name'),
    insecureSkipTlsVerify: cluster.flag('insecure-skip-tls-verify'),
    authority: readPem(cluster, 'certificate-authority'),
    proxyUrl: cluster.text('proxy-url'),
    disableCompression: cluster.flag('disable-compression'),
    execExtension: extension?.object('extension')?.raw(),
  };
}

function readUser(user: FieldReader): KubeconfigUser {
  const exec = user.object('exec');
  return {
    file: user.file,
    certificate: readPem(user, 'client-certificate'),
    key: readPem(user, 'client-key'),
    token: user.text('token'),
    tokenFile: absolute(user.text('tokenFile'), user.file),
    username: user.text('username'),
    password: user.text('password'),
    exec: exec && readExec(exec),
    authProvider: user.object('auth-provider')?.needed('name'),
    impersonate: readImpersonation(user),
  };
}

function readContext(context: FieldReader): KubeconfigContext {
  return {
    file: context.file,
    cluster: context.text('cluster') ?? '',
    user: context.text('user') ?? '',
    namespace: context.text('namespace'),
  };
}

/** Data comes before a file, as with kubectl. */
function readPem(entry: FieldReader, name: string): PemSource | undefined {
  const pem = entry.base64(`${name}-data`);
  if (pem !== undefined) return { kind: 'data', pem };
  const path = absolute(entry.text(name), entry.file);
  return path === undefined ? undefined : { kind: 'file', path };
}

function absolute(path: string | undefined, file: string | undefined): string | undefined {
  if (path === undefined || isAbsolute(path)) return path;
  return resolve(file === undefined ? '.' : dirname(file), path);
}

function readImpersonation(user: FieldReader): Impersonation | undefined {
  const [name, uid, groups] = [user.text('as'), user.text('as-uid'), user.texts('as-groups')];
  const extra = user.object('as-user-extra');
  const keys = extra?.names() ?? [];
  if (name === undefined) {
    if (uid !== undefined || groups.length > 0 || keys.length > 0)
      throw user.error('as', 'is missing, but other fields of impersonation are there');
    return undefined;
  }
  return { user: name, uid, groups, extra: new Map(keys.map((key) => [key, extra?.texts(key) ?? []])) };
}

function readExec(exec: FieldReader): ExecConfig {
  const version = exec.needed('apiVersion');
  const apiVersion = EXEC_VERSIONS.find((known) => known === version);
  if (apiVersion === undefined) throw exec.error('apiVersion', `must be ${EXEC_VERSIONS.join(' or ')}`);
  const mode = exec.text('interactiveMode') ?? (apiVersion.endsWith('/v1') ? undefined : 'IfAvailable');
  const interactiveMode = MODES.find((known) => known === mode);
  if (interactiveMode === undefined) throw exec.error('interactiveMode', `must be ${MODES.join(', ')}`);
  return {
    command: commandPath(exec.needed('command'), exec.file),
    args: exec.texts('args'),
    environment: new Map(exec.objects('env').map((one) => [one.needed('name'), one.text('value') ?? ''])),
    apiVersion,
    installHint: exec.text('installHint'),
    provideClusterInfo: exec.flag('provideClusterInfo'),
    interactiveMode,
  };
}

/** A bare name is looked for in PATH; what has a slash is a path, relative to the kubeconfig's folder. */
function commandPath(command: string, file: string | undefined): string {
  if (isAbsolute(command) || !/[/\\]/.test(command)) return command;
  return file === undefined ? resolve(command) : join(resolve(dirname(file)), command);
}
