import type { UserInfo } from '../user.ts';

const DOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const PATH = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** What keeps extras from being impersonated in a constrained mode; undefined where nothing does (KEP-5284). */
export function extraProblem(extra: UserInfo['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    const problem = keyProblem(key);
    if (problem)
      return `impersonating an invalid key in extra is not allowed: extra.key: Invalid value: ${JSON.stringify(key)}: ${problem}`;
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function keyProblem(key: string): string | undefined {
  const slash = key.indexOf('/');
  if (slash <= 0 || slash === key.length - 1) return 'must be a domain-prefixed path (such as "acme.io/foo")';
  const domain = key.slice(0, slash);
  if (domain.length > 253 || !DOMAIN.test(domain))
    return 'the part before the slash must be a lowercase RFC 1123 subdomain';
  return PATH.test(key.slice(slash + 1))
    ? undefined
    : "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
}
