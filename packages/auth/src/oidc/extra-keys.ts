import { invalid, isDns1123Subdomain, required, type FieldError } from '@kcp/api-machinery';

const PATH = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;

/** What is wrong with the key of an extra: it must be `domain/path` in lower case, in nobody else's domain. */
export function extraKeyErrors(key: string, field: string): readonly FieldError[] {
  const errors = domainPathErrors(key, field);
  if (key !== key.toLowerCase()) errors.push(invalid(field, key, 'must be lowercase'));
  if (isReserved(key)) {
    errors.push(invalid(field, key, 'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use'));
  }
  return errors;
}

function domainPathErrors(key: string, field: string): FieldError[] {
  if (key === '') return [required(field)];
  const slash = key.indexOf('/');
  const [domain, path] = slash < 0 ? [key, ''] : [key.slice(0, slash), key.slice(slash + 1)];
  if (slash < 0 || domain === '' || path === '') {
    return [invalid(field, key, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const errors = isDns1123Subdomain(domain).map((why) => invalid(field, domain, why));
  if (!PATH.test(path)) errors.push(invalid(field, path, 'Invalid path'));
  return errors;
}

/** True for keys in domains of Kubernetes. */
function isReserved(key: string): boolean {
  return key.includes('/') && isIn(key.split('/', 1)[0] ?? '', ['kubernetes.io', 'k8s.io']);
}

function isIn(domain: string, owners: readonly string[]): boolean {
  return owners.some((owner) => domain === owner || domain.endsWith(`.${owner}`));
}

/** True for keys by which this server decides where an identity counts and what it may: scopes, warrants, homes. */
export function isServersKey(key: string): boolean {
  return isIn(key.split('/', 1)[0] ?? '', ['kcp.io']);
}
