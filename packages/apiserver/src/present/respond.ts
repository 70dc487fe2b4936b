import { ApiError, stringifyJson, type Json } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { Exchange } from '../exchange.ts';
import { statusFormat } from '../media/negotiate.ts';
import { writeYaml } from '../media/yaml.ts';

const NEWLINE = Buffer.from('\n');

/** How the bytes of a JSON or YAML answer are labelled. */
export const contentTypes = { json: 'application/json', yaml: 'application/yaml' } as const;

/** The headers that every answer bears, with those of this one. */
export function headersFor(
  exchange: Exchange,
  own: Readonly<Record<string, string>>,
): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {
    'audit-id': exchange.auditId,
    'cache-control': 'no-cache, private',
    ...own,
  };
  if (exchange.warnings.length > 0) headers['warning'] = exchange.warnings.map((text) => `299 - ${quoteWarning(text)}`);
  return headers;
}

/** A quoted-string as RFC 9110 §5.6.4 has it; line breaks become spaces. */
function quoteWarning(text: string): string {
  return `"${text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/["\\]/g, '\\$&')}"`;
}

/** An answer of JSON that is there as bytes already. */
export function respondBytes(exchange: Exchange, status: number, bytes: Uint8Array): Response {
  return { status, headers: headersFor(exchange, { 'content-type': contentTypes.json }), body: [bytes, NEWLINE] };
}

/** An answer that is written from a value, in the format agreed on. */
export function respondValue(
  exchange: Exchange,
  answer: { status: number; value: Json; format: 'json' | 'yaml'; pretty?: boolean },
): Response {
  const { status, value, format, pretty = false } = answer;
  const text =
    format === 'yaml'
      ? writeYaml(value)
      : `${pretty || wantsPretty(exchange) ? indent(value) : stringifyJson(value)}\n`;
  return { status, headers: headersFor(exchange, { 'content-type': contentTypes[format] }), body: Buffer.from(text) };
}

/** True where the query or the kind of client asks for indented JSON. */
export function wantsPretty(exchange: Exchange): boolean {
  if (exchange.query.has('pretty')) return exchange.query.flag('pretty');
  const agent = exchange.request.header('user-agent');
  return agent !== undefined && /^(curl|Wget|Mozilla\/5\.0)/.test(agent);
}

function indent(value: Json): string {
  return JSON.stringify(JSON.parse(stringifyJson(value)), undefined, 2);
}

/** A plain text, as health checks and unknown paths have it. */
export function respondText(exchange: Exchange, status: number, text: string): Response {
  return {
    status,
    headers: headersFor(exchange, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }),
    body: Buffer.from(text),
  };
}

/** A refusal or failure as a Status. */
export function respondError(exchange: Exchange, thrown: unknown): Response {
  const error = ApiError.from(thrown);
  const format = statusFormat(exchange.request.header('accept'));
  const response = respondValue(exchange, { status: error.code, value: error.toStatus(), format });
  const extra: Record<string, string> = {};
  if (error.details?.retryAfterSeconds !== undefined) extra['retry-after'] = String(error.details.retryAfterSeconds);
  if (error.reason === 'Forbidden') extra['x-content-type-options'] = 'nosniff';
  return { ...response, headers: { ...response.headers, ...extra } };
}

/** 404 without details: nothing is served at this path. */
export function nothingHere(): ApiError {
  return new ApiError('NotFound', 'the server could not find the requested resource', { details: {} });
}

/** 405 without details: the path is served, this method is not. */
export function methodNotAllowed(): ApiError {
  return new ApiError('MethodNotAllowed', 'the server does not allow this method on the requested resource', {
    details: {},
  });
}
