import type { Signing } from '@kcp/builtins';
import { adminCredentials, type AdminCredentials, type AdminFiles } from './admin-credentials.ts';
import type { Certificates } from './certificates/certificates.ts';
import type { ServerOptions } from './options.ts';
import type { RootDirectory } from './root-directory.ts';
import { serviceAccountKeys, type ServiceAccountKeys } from './service-account-keys.ts';
import type { SharedSecrets } from './shared-secrets.ts';
import { serviceAccountSettings, type ServiceAccountSettings } from './service-account-settings.ts';

/** A year, as kube-controller-manager's --cluster-signing-duration. */
const SIGNING_DURATION_MS = 365 * 24 * 3_600_000;

/** Everything that a server proves itself and others with, beside its certificates. */
export interface Secrets {
  readonly credentials: AdminCredentials;
  readonly signing: Signing;
  readonly keys: ServiceAccountKeys;
  readonly accounts: ServiceAccountSettings;
}

/** Where secrets are kept. */
export interface SecretsParts {
  readonly directory: RootDirectory;
  readonly files: AdminFiles;
  readonly certificates: Certificates;
  /** What all servers on the store have in common, where there may be several. */
  readonly shared?: SharedSecrets;
}

/** Reads or makes tokens and keys. Rejects with OptionFileError or RootDirectoryError where something is no good. */
export async function openSecrets(options: ServerOptions, parts: SecretsParts): Promise<Secrets> {
  const { directory, files, certificates, shared } = parts;
  const accounts = serviceAccountSettings(options);
  const { serviceAccountKeyFiles: keyFiles = [], serviceAccountSigningKeyFile: signingKeyFile } = options;
  const [credentials, keys] = await Promise.all([
    adminCredentials(directory, files, shared),
    serviceAccountKeys(directory, { keyFiles, ...(signingKeyFile !== undefined && { signingKeyFile }) }),
  ]);
  const signing = {
    authority: () => certificates.current.signing,
    durationMs: options.clusterSigningDurationMs ?? SIGNING_DURATION_MS,
  };
  return { credentials, signing, keys, accounts };
}
