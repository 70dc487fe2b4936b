import {
  addErrors,
  childPath,
  duplicate,
  invalid,
  itemPath,
  required,
  tooMany,
  type FieldError,
} from '@kcp/api-machinery';
import { parseCertificates } from '../authentication/certificate-authorities.ts';
import { claimMappings, claimRules, userRules, type ClaimPlan } from './compile-rules.ts';
import type {
  AuthenticationConfiguration,
  IssuerConfiguration,
  JwtAuthenticatorConfiguration,
} from './configuration.ts';

/** No configuration has more issuers. */
const MAX_AUTHENTICATORS = 64;

/** One issuer with its expressions compiled. */
export interface JwtAuthenticatorPlan {
  readonly configuration: JwtAuthenticatorConfiguration;
  readonly claims: ClaimPlan;
}

/** What checking yields; the plans count only where there are no errors. */
export interface CheckedConfiguration {
  readonly errors: readonly FieldError[];
  readonly plans: readonly JwtAuthenticatorPlan[];
}

/** Checks a configuration in upstream's words (apiserver/validation ValidateAuthenticationConfiguration) and compiles it. */
export function checkAuthenticationConfiguration(
  { jwt, anonymous }: AuthenticationConfiguration,
  disallowedIssuers: readonly string[],
): CheckedConfiguration {
  if (jwt.length > MAX_AUTHENTICATORS) return { errors: [tooMany('jwt', jwt.length, MAX_AUTHENTICATORS)], plans: [] };
  const { errors, plans } = checkJwtAuthenticators(jwt, { path: 'jwt', disallowedIssuers });
  const all = [...errors];
  if (anonymous && !anonymous.enabled && anonymous.conditions.length > 0) {
    const shown = anonymous.conditions.map(({ path }) => ({ path }));
    all.push(invalid('anonymous.conditions', shown, 'enabled should be set to true when conditions are defined'));
  }
  return { errors: all, plans };
}

/** Checks a list of authenticators at a path: of the file, or of a WorkspaceAuthenticationConfiguration (`spec.jwt`). */
export function checkJwtAuthenticators(
  jwt: readonly JwtAuthenticatorConfiguration[],
  { path, disallowedIssuers }: { readonly path: string; readonly disallowedIssuers: readonly string[] },
): CheckedConfiguration {
  const errors: FieldError[] = [];
  const seen = { url: new Set<string>(), discoveryURL: new Set<string>() };
  const plans = jwt.map((configuration, index) => {
    const at = itemPath(path, index);
    const { issuer } = configuration;
    addErrors(errors, issuerErrors(issuer, childPath(at, 'issuer'), disallowedIssuers));
    const claims = compileRules(configuration, at, errors);
    for (const field of ['url', 'discoveryURL'] as const) {
      const value = issuer[field];
      if (value === '' && field === 'discoveryURL') continue;
      if (seen[field].has(value)) errors.push(duplicate(`${at}.issuer.${field}`, value));
      seen[field].add(value);
    }
    return { configuration, claims };
  });
  return { errors, plans };
}

function compileRules(configuration: JwtAuthenticatorConfiguration, at: string, errors: FieldError[]): ClaimPlan {
  const rules = claimRules(configuration.claimValidationRules, childPath(at, 'claimValidationRules'));
  const mappings = claimMappings(configuration.claimMappings, childPath(at, 'claimMappings'), rules.conditions);
  const users = userRules(configuration.userValidationRules, childPath(at, 'userValidationRules'));
  for (const found of [rules, mappings, users]) addErrors(errors, found.errors);
  return { ...mappings.plan, conditions: rules.conditions, userConditions: users.conditions };
}

function issuerErrors(issuer: IssuerConfiguration, path: string, disallowed: readonly string[]): readonly FieldError[] {
  const { url, discoveryURL, certificateAuthority, egressSelectorType } = issuer;
  const errors: FieldError[] = [];
  if (url === '') errors.push(required(childPath(path, 'url')));
  else addErrors(errors, urlErrors(url, childPath(path, 'url'), disallowed));
  if (discoveryURL !== '') addErrors(errors, discoveryErrors(issuer, childPath(path, 'discoveryURL')));
  addErrors(errors, audienceErrors(issuer, path));
  if (certificateAuthority !== '' && !holdsCertificates(certificateAuthority)) {
    const why = 'data does not contain any valid RSA or ECDSA certificates';
    errors.push(invalid(childPath(path, 'certificateAuthority'), '<omitted>', why));
  }
  if (egressSelectorType !== '') {
    const why =
      'egress selector is not supported when StructuredAuthenticationConfigurationEgressSelector feature gate is disabled';
    errors.push(invalid(childPath(path, 'egressSelectorType'), egressSelectorType, why));
  }
  return errors;
}

function discoveryErrors({ url, discoveryURL }: IssuerConfiguration, path: string): readonly FieldError[] {
  const bare = (text: string): string => text.replace(/\/+$/, '');
  const same = url !== '' && bare(url) === bare(discoveryURL);
  return [
    ...(same ? [invalid(path, discoveryURL, 'discoveryURL must be different from URL')] : []),
    ...urlErrors(discoveryURL, path, []),
  ];
}

function urlErrors(text: string, path: string, disallowed: readonly string[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (disallowed.includes(text)) {
    const list = [...disallowed].sort().join(' ');
    errors.push(invalid(path, text, `URL must not overlap with disallowed issuers: [${list}]`));
  }
  const url = URL.parse(text);
  if (!url)
    return [
      ...errors,
      invalid(
        path,
        text,
        text.includes(':') ? `parse ${JSON.stringify(text)}: invalid URL` : 'URL scheme must be https',
      ),
    ];
  if (url.protocol !== 'https:') errors.push(invalid(path, text, 'URL scheme must be https'));
  if (url.username !== '' || url.password !== '') {
    errors.push(invalid(path, text, 'URL must not contain a username or password'));
  }
  if (url.search !== '') errors.push(invalid(path, text, 'URL must not contain a query'));
  if (url.hash !== '') errors.push(invalid(path, text, 'URL must not contain a fragment'));
  return errors;
}

function audienceErrors(
  { audiences, audienceMatchPolicy: policy }: IssuerConfiguration,
  path: string,
): readonly FieldError[] {
  const at = childPath(path, 'audiences');
  if (audiences.length === 0) return [required(at, `at least one ${at} is required`)];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, audience] of audiences.entries()) {
    if (audience === '') errors.push(required(itemPath(at, index)));
    if (seen.has(audience)) errors.push(duplicate(itemPath(at, index), audience));
    seen.add(audience);
  }
  const where = childPath(path, 'audienceMatchPolicy');
  if (audiences.length > 1 && policy !== 'MatchAny') {
    errors.push(invalid(where, policy, 'audienceMatchPolicy must be MatchAny for multiple audiences'));
  }
  if (audiences.length === 1 && policy !== '' && policy !== 'MatchAny') {
    errors.push(invalid(where, policy, 'audienceMatchPolicy must be empty or MatchAny for single audience'));
  }
  return errors;
}

function holdsCertificates(pem: string): boolean {
  try {
    return parseCertificates(pem).length > 0;
  } catch {
    return false;
  }
}
