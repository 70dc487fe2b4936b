import { readFile } from 'node:fs/promises';
import { aggregate, type FieldError } from '@kcp/api-machinery';
import { parseYaml } from '@kcp/apiserver';
import {
  checkAuthenticationConfiguration,
  decodeAuthenticationConfiguration,
  type AuthenticationConfiguration,
  type CheckedConfiguration,
  type JwtTokens,
} from '@kcp/auth';
import type { Logger, Meter } from '@kcp/telemetry';
import { readOptionFile } from './option-file.ts';
import { watchFile } from './watched-file.ts';

/** What a file of the structured configuration says, checked. */
export interface AuthenticationFile {
  readonly text: string;
  readonly configuration: AuthenticationConfiguration;
  readonly plans: CheckedConfiguration['plans'];
}

/** Reads and checks the file. Throws OptionFileError with all that is wrong. */
export function readAuthenticationFile(
  file: string,
  disallowedIssuers: readonly string[],
): Promise<AuthenticationFile> {
  return readOptionFile(file, (bytes) => parsed(bytes.toString('utf8'), disallowedIssuers));
}

function parsed(text: string, disallowedIssuers: readonly string[]): AuthenticationFile {
  const { value, duplicates } = parseYaml(text);
  const [twice] = duplicates;
  if (twice !== undefined) throw new Error(`strict decoding error: key ${JSON.stringify(twice)} is given twice`);
  const configuration = decodeAuthenticationConfiguration(value);
  const { errors, plans } = checkAuthenticationConfiguration(configuration, disallowedIssuers);
  throwErrors(errors);
  return { text, configuration, plans };
}

/** Throws an Error with all of them as one text, where there are any. */
export function throwErrors(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new Error(aggregate(errors));
}

/** What following the file needs. */
export interface FollowedFile {
  readonly file: string;
  readonly first: AuthenticationFile;
  readonly disallowedIssuers: readonly string[];
  readonly tokens: JwtTokens;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Takes the file's issuers over when it changes. What cannot be read or is wrong is said, and the issuers stay as they are. Who may be
 * anonymous is decided at the start.
 */
export function followAuthenticationFile({
  file,
  first,
  disallowedIssuers,
  tokens,
  logger,
  meter,
}: FollowedFile): AsyncDisposable {
  const reloads = meter.counter({
    name: 'apiserver_authentication_config_controller_automatic_reloads_total',
    help: 'Total number of automatic reloads of authentication configuration split by status.',
    labels: ['status'],
  });
  let seen = first.text;
  const look = async (): Promise<void> => {
    const text = await readFile(file, 'utf8');
    if (text === seen) return;
    seen = text;
    const { configuration, plans } = parsed(text, disallowedIssuers);
    if (JSON.stringify(configuration.anonymous) !== JSON.stringify(first.configuration.anonymous)) {
      logger.warn('authentication configuration: a change of anonymous counts from the next start on', { file });
    }
    tokens.replace(plans);
    reloads.add(1, { status: 'success' });
    logger.info('authentication configuration reloaded', { file, issuers: plans.length });
  };
  const failed = (error: unknown): void => {
    reloads.add(1, { status: 'failure' });
    logger.error('authentication configuration: the change is not taken over', { file, error });
  };
  return watchFile({ file, look, failed });
}
