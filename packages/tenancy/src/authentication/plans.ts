import { itemPath, listAt, objectAt, type KubeObject } from '@kcp/api-machinery';
import {
  checkJwtAuthenticators,
  ConfigurationError,
  decodeJwtAuthenticator,
  type JwtAuthenticatorConfiguration,
  type JwtAuthenticatorPlan,
} from '@kcp/auth';

/** No configuration has more issuers that count, as in kube-apiserver's file. */
const MOST_ISSUERS = 64;
/** A configuration that is longer, in characters of JSON, counts for nothing: its expressions are compiled while others wait. */
const LONGEST = 64 * 1024;
const PATH = 'spec.jwt';

/** The issuers of a configuration that can be believed, and what is wrong with the others. */
export interface Plans {
  readonly plans: readonly JwtAuthenticatorPlan[];
  /** Texts that begin with the path of a field. */
  readonly problems: readonly string[];
}

/** Reads a WorkspaceAuthenticationConfiguration. One issuer that is no good does not take the others along. */
export function plansOf(configuration: KubeObject, disallowedIssuers: readonly string[]): Plans {
  const jwt = listAt(objectAt(configuration, 'spec'), 'jwt');
  const { length } = JSON.stringify(jwt);
  if (length > LONGEST) {
    return { plans: [], problems: [`${PATH}: Too long: ${length} characters, at most ${LONGEST} count`] };
  }
  const problems: string[] = [];
  if (jwt.length > MOST_ISSUERS)
    problems.push(`${PATH}: Too many: ${jwt.length}: only the first ${MOST_ISSUERS} count`);
  const plans = new Map<string, JwtAuthenticatorPlan>();
  for (const [at, item] of jwt.slice(0, MOST_ISSUERS).entries()) {
    const plan = planOf(() => decodeJwtAuthenticator(item, itemPath(PATH, at)), { at, disallowedIssuers, problems });
    const url = plan?.configuration.issuer.url;
    if (plan === undefined || url === undefined) continue;
    if (plans.has(url)) problems.push(`${itemPath(PATH, at)}.issuer.url: Duplicate value: ${JSON.stringify(url)}`);
    else plans.set(url, plan);
  }
  return { plans: [...plans.values()], problems };
}

interface Place {
  readonly at: number;
  readonly disallowedIssuers: readonly string[];
  readonly problems: string[];
}

function planOf(read: () => JwtAuthenticatorConfiguration, place: Place): JwtAuthenticatorPlan | undefined {
  const { at, disallowedIssuers, problems } = place;
  try {
    const { errors, plans } = checkJwtAuthenticators([read()], { path: PATH, disallowedIssuers });
    // It was checked alone: its place is the first one there.
    const [alone, inList] = [itemPath(PATH, 0), itemPath(PATH, at)];
    for (const { field, message } of errors) {
      const where = field.startsWith(alone) ? inList + field.slice(alone.length) : field;
      problems.push(`${where}: ${message}`);
    }
    return errors.length === 0 ? plans[0] : undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
