import type { FieldError, JsonObject } from '@kcp/api-machinery';
import { invalid, isDns1123Subdomain, required, numberAt, optionalObjectAt, textAt } from '@kcp/api-machinery';

const FORM = '; desired format: https://host[/path]';

/** Takes an URL apart as Go's url.Parse does; undefined where it has no form of one. */
const URL_PARTS = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/;

function urlErrors(url: string, path: string): FieldError[] {
  const match = URL_PARTS.exec(url);
  if (!match) return [required(path, `url must be a valid URL: parse ${JSON.stringify(url)}: invalid URL${FORM}`)];
  const [, scheme = '', user, host = '', , query = '', fragment = ''] = match;
  const errors: FieldError[] = [];
  if (scheme.toLowerCase() !== 'https') {
    errors.push(invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`));
  }
  if (host === '') errors.push(invalid(path, host, `host must be specified${FORM}`));
  if (user !== undefined) errors.push(invalid(path, user, 'user information is not permitted in the URL'));
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'));
  return errors;
}

function pathErrors(text: string, path: string): FieldError[] {
  if (text === '' || text === '/') return [];
  if (text === '//') return [invalid(path, text, 'segment[0] may not be empty')];
  const errors = text.startsWith('/') ? [] : [invalid(path, text, "must start with a '/'")];
  const steps = text.slice(1).replace(/\/$/, '').split('/');
  steps.forEach((step, at) => {
    const messages = step === '' ? [' may not be empty'] : isDns1123Subdomain(step).map((message) => `: ${message}`);
    errors.push(...messages.map((message) => invalid(path, text, `segment[${at}]${message}`)));
  });
  return errors;
}

function serviceErrors(service: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (textAt(service, 'name') === '') errors.push(required(`${path}.name`));
  if (textAt(service, 'namespace') === '') errors.push(required(`${path}.namespace`));
  const port = numberAt(service, 'port') ?? 0;
  if (port < 1 || port > 65535) {
    errors.push(invalid(`${path}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'));
  }
  return [...errors, ...pathErrors(textAt(service, 'path'), `${path}.path`)];
}

/** What is wrong with how a webhook is to be reached (k8s.io/apiserver util/webhook). */
export function clientConfigErrors(config: JsonObject, path: string): FieldError[] {
  const service = optionalObjectAt(config, 'service');
  if ((service === undefined) === !('url' in config)) {
    return [required(path, 'exactly one of url or service is required')];
  }
  return service === undefined
    ? urlErrors(textAt(config, 'url'), `${path}.url`)
    : serviceErrors(service, `${path}.service`);
}

/** A service without a port is called at 443. */
export function withServicePort(config: JsonObject): JsonObject {
  const service = optionalObjectAt(config, 'service');
  if (service === undefined || 'port' in service) return config;
  return { ...config, service: { ...service, port: 443 } };
}
