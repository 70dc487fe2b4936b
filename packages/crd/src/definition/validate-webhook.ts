import { childPath, type FieldError, invalid, isDns1123Subdomain, required } from '@kcp/api-machinery';
import type { WebhookClientConfig } from './custom-resource-definition.ts';

const FORM = '; desired format: https://host[/path]';
/** Scheme, authority, path, query and fragment, by RFC 3986 appendix B. */
const URL_PARTS = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s;

/** What is wrong with the URL of a conversion webhook (k8s.io/apiserver webhook.ValidateWebhookURL). */
export function validateWebhookUrl(url: string, path: string): FieldError[] {
  const match = URL_PARTS.exec(url);
  if (match === null || /[\0- \u007f]|%(?![\da-f]{2})/i.test(url)) {
    return [required(path, `url must be a valid URL: parse ${JSON.stringify(url)}: invalid character in URL${FORM}`)];
  }
  const [, scheme = '', authority = '', query = '', fragment = ''] = match;
  const at = authority.lastIndexOf('@');
  const errors: FieldError[] = [];
  const httpsOnly = `'https' is the only allowed URL scheme${FORM}`;
  if (scheme.toLowerCase() !== 'https') errors.push(invalid(path, scheme, httpsOnly));
  if (authority.slice(at + 1) === '') errors.push(invalid(path, '', `host must be specified${FORM}`));
  if (at >= 0) errors.push(invalid(path, authority.slice(0, at), 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'));
  return errors;
}

type WebhookService = NonNullable<WebhookClientConfig['service']>;

/** What is wrong with the service of a conversion webhook (k8s.io/apiserver webhook.ValidateWebhookService). */
export function validateWebhookService(service: WebhookService, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { name, namespace, port = 443 } = service;
  if (name === '') errors.push(required(childPath(path, 'name')));
  if (namespace === '') errors.push(required(childPath(path, 'namespace')));
  if (port < 1 || port > 65_535) {
    errors.push(invalid(childPath(path, 'port'), port, 'port is not valid: must be between 1 and 65535, inclusive'));
  }
  return [...errors, ...validatePath(service.path ?? '', childPath(path, 'path'))];
}

function validatePath(value: string, path: string): FieldError[] {
  if (value === '' || value === '/') return [];
  if (value === '//') return [invalid(path, value, 'segment[0] may not be empty')];
  const errors = value.startsWith('/') ? [] : [invalid(path, value, "must start with a '/'")];
  const segments = value.slice(1).replace(/\/$/, '').split('/');
  for (const [at, segment] of segments.entries()) {
    if (segment === '') errors.push(invalid(path, value, `segment[${at}] may not be empty`));
    else for (const why of isDns1123Subdomain(segment)) errors.push(invalid(path, value, `segment[${at}]: ${why}`));
  }
  return errors;
}
