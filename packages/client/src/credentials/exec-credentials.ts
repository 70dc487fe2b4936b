import { isObject, own, parseJson, parseTime, stringifyJson, type Json, type JsonObject } from '@kcp/api-machinery';
import type { ExecConfig } from '../kubeconfig/kubeconfig.ts';
import { CredentialError } from './credential-error.ts';
import { bearer, type CredentialSource, type PemPair, type Presented } from './credential-source.ts';
import { runProgram } from './exec-program.ts';

const QUIET_MS = 60_000;
const INTERACTIVE_MS = 10 * 60_000;

/** What the user of this package allows credential plugins. */
export interface ExecHost {
  /** The environment that programs get, before what the kubeconfig adds: `process.env` of a command line tool. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True where standard input is a terminal that a program may use; false where left out. */
  readonly terminal?: boolean;
  /** How long a program may take that does not talk to the user; 60 s where left out. One that does: 10 minutes. */
  readonly timeoutMs?: number;
}

/** What makes a source of a plugin's credentials. */
export interface ExecOptions {
  readonly exec: ExecConfig;
  readonly host: ExecHost;
  /** `spec.cluster` of the request, asked for where the plugin wants it. */
  readonly cluster: () => Promise<JsonObject>;
  /** Milliseconds since the epoch; the clock. */
  readonly now?: () => number;
}

interface Answer {
  readonly presented: Presented;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/**
 * Credentials of a program (KEP-541, client.authentication.k8s.io/v1 and v1beta1): run when first needed, when what it gave
 * expires, and after a 401; never twice at once. What one run gave serves all requests.
 */
export function execCredentials(options: ExecOptions): CredentialSource {
  const { now = Date.now } = options;
  let answer: Answer | undefined;
  let running: Promise<Answer> | undefined;
  const run = (): Promise<Answer> => {
    running ??= ask(options)
      .then((given) => (answer = given))
      .finally(() => (running = undefined));
    return running;
  };
  return {
    current: async () => (answer !== undefined && now() < answer.expires ? answer : await run()).presented,
    refused: async (presented) => {
      if (answer === undefined || answer.presented === presented) await run();
      return answer?.presented !== presented;
    },
  };
}

async function ask({ exec, host, cluster }: ExecOptions): Promise<Answer> {
  const interactive = isInteractive(exec, host);
  const request: JsonObject = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { interactive, ...(exec.provideClusterInfo && { cluster: await cluster() }) },
  };
  const output = await runProgram({
    exec,
    environment: {
      ...host.environment,
      ...Object.fromEntries(exec.environment),
      KUBERNETES_EXEC_INFO: stringifyJson(request),
    },
    interactive,
    timeoutMs: interactive ? INTERACTIVE_MS : (host.timeoutMs ?? QUIET_MS),
  });
  return readAnswer(output, exec);
}

function isInteractive({ interactiveMode, command }: ExecConfig, { terminal = false }: ExecHost): boolean {
  if (interactiveMode === 'Always' && !terminal)
    throw new CredentialError(`exec: ${command} needs a terminal, and there is none`);
  return interactiveMode !== 'Never' && terminal;
}

function readAnswer(output: string, exec: ExecConfig): Answer {
  const failure = (what: string): CredentialError => new CredentialError(`exec: ${exec.command} ${what}`);
  const object = objectIn(output);
  if (!object || own(object, 'kind') !== 'ExecCredential') throw failure('printed no ExecCredential');
  const version = own(object, 'apiVersion');
  if (version !== exec.apiVersion)
    throw failure(`is configured for ${exec.apiVersion}, and answered with ${JSON.stringify(version ?? '')}`);
  const status = own(object, 'status');
  if (!isObject(status)) throw failure('printed no status');
  const [token, certificate, key, expiration] = [
    'token',
    'clientCertificateData',
    'clientKeyData',
    'expirationTimestamp',
  ].map((name) => textOf(status, name, failure));
  if (Boolean(certificate) !== Boolean(key)) throw failure('gave a certificate or a key, not both');
  const pair: PemPair | undefined = certificate && key ? { certificate, key } : undefined;
  if (!token && !pair) throw failure('gave neither a token nor a certificate');
  return {
    presented: { ...(token && { authorization: bearer(token) }), ...(pair && { pair }) },
    expires: expiration === undefined ? Infinity : timeOf(expiration, failure),
  };
}

function timeOf(text: string, failure: (what: string) => CredentialError): number {
  try {
    return parseTime(text).seconds * 1000;
  } catch {
    throw failure('gave an expirationTimestamp that is no time');
  }
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: Json = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(object: JsonObject, name: string, failure: (what: string) => CredentialError): string | undefined {
  const value = own(object, name) ?? '';
  if (typeof value !== 'string') throw failure(`gave a ${name} that is no text`);
  return value === '' ? undefined : value;
}
