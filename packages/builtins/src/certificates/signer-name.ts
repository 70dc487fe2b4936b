import type { FieldError } from '@kcp/api-machinery';
import { invalid, isDns1123Label, isDns1123Subdomain, quote, required, tooLong } from '@kcp/api-machinery';

const LEGACY = 'kubernetes.io/legacy-unknown';
const LONGEST_DOMAIN = 253;
const LONGEST_PATH = 253 + 63 + 1;

function domainErrors(domain: string, path: string): FieldError[] {
  const errors = domain.length > LONGEST_DOMAIN ? [tooLong(path, LONGEST_DOMAIN)] : [];
  const labels = domain.split('.');
  for (const label of labels) {
    const messages = isDns1123Label(label);
    errors.push(...messages.map((message) => invalid(path, domain, `validating label ${quote(label)}: ${message}`)));
  }
  if (labels.length < 2) errors.push(invalid(path, domain, 'should be a domain with at least two segments'));
  return errors;
}

function pathErrors(name: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const label of name.split('.')) {
    const messages = isDns1123Subdomain(label);
    errors.push(...messages.map((message) => invalid(path, name, `validating label ${quote(label)}: ${message}`)));
  }
  if (name.length > LONGEST_PATH) errors.push(tooLong(path, LONGEST_PATH));
  return errors;
}

/** What is wrong with the name of a signer: a domain, a slash, a name. */
export function signerNameErrors(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)];
  const [domain = '', rest, ...more] = name.split('/');
  if (rest === undefined || more.length > 0) {
    return [invalid(path, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
  }
  const errors = [...domainErrors(domain, path), ...pathErrors(rest, path)];
  if (name === LEGACY) errors.push(invalid(path, name, 'the legacy signerName is not allowed via this API version'));
  return errors;
}
