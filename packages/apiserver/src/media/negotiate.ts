import { ApiError } from '@kcp/api-machinery';

/** What an object may be turned into before it is sent. */
export interface Transformation {
  readonly kind: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  readonly version: 'v1' | 'v1beta1';
}

/** How an answer is written. */
export type Format = 'json' | 'protobuf' | 'yaml';

/** The form of an answer that client and server agreed on. */
export interface Representation {
  readonly format: Format;
  readonly transform: Transformation | undefined;
  /** From the Accept header; the query and the User-Agent may ask for it too. */
  readonly pretty: boolean;
}

/** What is asked for: an answer about resources, or a watch. */
export type AnswerKind = 'object' | 'watch';

/** Whether what is asked for has messages, or texts only. Of metadata alone everything has messages. */
export type Forms = 'any' | 'text';

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const WATCH_TYPES = [...TYPES, 'application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
const TRANSFORMATIONS = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);
const KEPT = 512;
const seen = new Map<string, readonly Clause[]>();

/**
 * Agrees on a form (k8s.io/apiserver negotiation). Throws NotAcceptable: in one text where no type is known at all, in
 * another where the known ones ask for what is not to be had.
 */
export function negotiate(accept: string | undefined, kind: AnswerKind, forms: Forms = 'text'): Representation {
  if (accept === undefined || accept === '' || accept === 'application/json' || accept === '*/*') return PLAIN;
  const clauses = parseAccept(accept);
  if (!clauses.some(({ type }) => FORMATS.has(type) || (forms === 'text' && type === CBOR))) throw noneKnown(kind);
  for (const clause of clauses) {
    const representation = accepted(clause, kind, forms);
    if (representation) return representation;
  }
  throw new ApiError('NotAcceptable', `only the following media types are accepted: ${TYPES.join(', ')}`);
}

/** The format for a Status, whatever the answer itself would have been: the best clause that asks for no transformation. */
export function statusFormat(accept: string | undefined): Format {
  if (accept === undefined || accept === '') return 'json';
  for (const clause of parseAccept(accept)) {
    const representation = accepted(clause, 'object', 'any');
    if (representation && representation.transform === undefined) return representation.format;
  }
  return 'json';
}

/** Known for custom resources, and not to be had. */
const CBOR = 'application/cbor';

const PLAIN: Representation = { format: 'json', transform: undefined, pretty: false };

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
  ['application/vnd.kubernetes.protobuf', 'protobuf'],
]);

function accepted({ type, parameters }: Clause, kind: AnswerKind, forms: Forms): Representation | undefined {
  const format = FORMATS.get(type);
  if (format === undefined || (format === 'yaml' && kind === 'watch')) return undefined;
  const pretty = parameters.get('pretty') === '1' || parameters.get('pretty') === 'true';
  if (parameters.has('as')) {
    const transform = transformation(parameters, format);
    return transform && { format, transform, pretty };
  }
  const extra = parameters.has('g') || parameters.has('v');
  if ((extra && parameters.get('g') !== '') || (format === 'protobuf' && forms === 'text')) return undefined;
  return { format, transform: undefined, pretty };
}

/** Undefined for what is no transformation, and for tables in protobuf: their cells are of any type. */
function transformation(parameters: Clause['parameters'], format: Format): Transformation | undefined {
  const kind = parameters.get('as') ?? '';
  const version = parameters.get('v');
  if (!TRANSFORMATIONS.has(kind) || (kind === 'Table' && format === 'protobuf')) return undefined;
  if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined;
  return { kind: kind as Transformation['kind'], version };
}

function noneKnown(kind: AnswerKind): ApiError {
  const types = kind === 'watch' ? WATCH_TYPES : TYPES;
  return new ApiError('NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${types.join(', ')}`, {
    details: {},
  });
}

/** The clauses of an Accept header, best first; those with q=0 left out. Kept for the headers seen lately. */
export function parseAccept(accept: string): readonly Clause[] {
  const known = seen.get(accept);
  if (known) return known;
  const clauses = accept
    .split(',')
    .map(parseClause)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  if (seen.size >= KEPT) seen.clear();
  if (accept.length <= 1024) seen.set(accept, clauses);
  return clauses;
}

function parseClause(text: string): Clause & { readonly quality: number } {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    if (at > 0) parameters.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const quality = parameters.has('q') ? Number(parameters.get('q')) : 1;
  return { type, parameters, quality: Number.isFinite(quality) ? quality : 0 };
}
