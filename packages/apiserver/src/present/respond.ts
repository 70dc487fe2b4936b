import { ApiError, isObject, stringifyJson, type Json } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { ProtobufCodec } from '@kcp/protobuf';
import type { Exchange } from '../exchange.ts';
import { statusFormat, type Format } from '../media/negotiate.ts';
import { writeYaml } from '../media/yaml.ts';
import { protobufObject } from './protobuf.ts';
import { warningHeaders } from './warning-headers.ts';

const NEWLINE = Buffer.from('\n');

/** How the bytes of an answer are labelled. */
export const contentTypes: Readonly<Record<Format, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

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
  if (exchange.seat !== undefined) {
    headers['x-kubernetes-pf-flowschema-uid'] = '';
    headers['x-kubernetes-pf-prioritylevel-uid'] = '';
  }
  if (exchange.warnings.length > 0) headers['warning'] = warningHeaders(exchange.warnings);
  return headers;
}

/** An answer of JSON that is there as bytes already. */
export function respondBytes(exchange: Exchange, status: number, bytes: Uint8Array): Response {
  return { status, headers: headersFor(exchange, { 'content-type': contentTypes.json }), body: [bytes, NEWLINE] };
}

/** What is written from a value. */
export interface ValueAnswer {
  readonly status: number;
  readonly value: Json;
  readonly format: Format;
  readonly pretty?: boolean;
  /** For objects whose kind does not say how they are written in protobuf. */
  readonly protobuf?: ProtobufCodec | undefined;
}

/** An answer that is written from a value, in the format agreed on. */
export function respondValue(exchange: Exchange, answer: ValueAnswer): Response {
  const { status, value, format, pretty = false } = answer;
  exchange.audit?.answers(value);
  if (format === 'protobuf' && isObject(value)) {
    const headers = headersFor(exchange, { 'content-type': contentTypes.protobuf });
    return { status, headers, body: protobufObject(value, answer.protobuf) };
  }
  const text =
    format === 'yaml'
      ? writeYaml(value)
      : `${pretty || wantsPretty(exchange) ? stringifyJson(value, 2) : stringifyJson(value)}\n`;
  return { status, headers: headersFor(exchange, { 'content-type': contentTypes[format] }), body: Buffer.from(text) };
}

/** True where the query or the kind of client asks for indented JSON. */
export function wantsPretty(exchange: Exchange): boolean {
  if (exchange.query.has('pretty')) return exchange.query.flag('pretty');
  const agent = exchange.request.header('user-agent');
  return agent !== undefined && /^(curl|Wget|Mozilla\/5\.0)/.test(agent);
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
