import { JWKS_PATH } from '@kcp/auth';
import { OptionFileError } from './option-file.ts';

/** The `iss` of service-account tokens where no option names one. */
const DEFAULT_ISSUER = 'https://kcp.default.svc';
const HOUR_MS = 3_600_000;
const LONGEST_MS = 2 ** 32 * 1000;

/** What the options say about tokens of service accounts. */
export interface ServiceAccountOptions {
  /** The first one issues, all of them are accepted (--service-account-issuer). */
  readonly serviceAccountIssuers?: readonly string[];
  /** For whom tokens have to be to count here; the issuers where left out. */
  readonly apiAudiences?: readonly string[];
  /** The longest time that a token may be asked for, in milliseconds; without it 2^32 seconds. */
  readonly serviceAccountMaxTokenExpirationMs?: number;
  /** Where others find the public keys; the first issuer's own address where left out. */
  readonly serviceAccountJwksUri?: string;
}

/** The same, checked and filled in. */
export interface ServiceAccountSettings {
  readonly issuer: string;
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  readonly maxExpirationSeconds: number | undefined;
  readonly jwksUri: string;
}

/** Checks the options as kube-apiserver does (pkg/kubeapiserver/options/authentication.go). Throws OptionFileError. */
export function serviceAccountSettings(options: ServiceAccountOptions): ServiceAccountSettings {
  const { serviceAccountIssuers = [], apiAudiences = [], serviceAccountMaxTokenExpirationMs: longest } = options;
  const [issuer, ...further] = serviceAccountIssuers.length > 0 ? serviceAccountIssuers : [DEFAULT_ISSUER];
  if (issuer === undefined || issuer === '' || further.includes(''))
    throw new OptionFileError('service-account-issuer should not be an empty string');
  const issuers = [issuer, ...further];
  for (const [at, name] of issuers.entries()) {
    if (issuers.indexOf(name) < at)
      throw new OptionFileError(`service-account-issuer ${JSON.stringify(name)} is given twice`);
    if (name.includes(':') && !URL.canParse(name))
      throw new OptionFileError(
        `service-account-issuer ${JSON.stringify(name)} contained a ':' but was not a valid URL`,
      );
  }
  if (longest !== undefined && (longest < HOUR_MS || longest > LONGEST_MS))
    throw new OptionFileError(
      'the service-account-max-token-expiration must be 1 hour or greater and up to 2^32 seconds',
    );
  return {
    issuer,
    issuers,
    audiences: apiAudiences.length > 0 ? apiAudiences : issuers,
    maxExpirationSeconds: longest === undefined ? undefined : Math.floor(longest / 1000),
    jwksUri: jwksUri(options.serviceAccountJwksUri, issuer),
  };
}

function jwksUri(given: string | undefined, issuer: string): string {
  if (given === undefined) return `${issuer.replace(/\/$/, '')}${JWKS_PATH}`;
  const scheme = URL.canParse(given) ? new URL(given).protocol : '';
  if (scheme !== 'https:')
    throw new OptionFileError(`service-account-jwks-uri requires https scheme, parsed as: ${given}`);
  return given;
}
