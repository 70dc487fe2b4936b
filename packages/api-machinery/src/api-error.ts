import { aggregate } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import type { GroupResource } from './group-version.ts';
import type { JsonObject, MutableJsonObject } from './json.ts';

/**
 * Every reason that a Status may bear, with its HTTP code: the one table to the wire (k8s.io/apimachinery metav1.StatusReason).
 * The empty reason is for answers that have none.
 */
export const reasonCodes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
  StoreReadError: 500,
  InsufficientStorage: 507,
  '': 500,
} as const;

/** A Status' reason. */
export type Reason = keyof typeof reasonCodes;

/** One of a Status' causes. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** A Status' details. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** What an ApiError is made of; `code` only where it differs from the reason's. */
export interface ApiErrorOptions {
  readonly code?: number;
  readonly details?: StatusDetails;
  readonly cause?: unknown;
  /** A reason that is none of ours: what a webhook refuses with. */
  readonly foreignReason?: string;
  /** Further members of the Status' metadata; the continue token of an expired list is one. */
  readonly metadata?: JsonObject;
}

/** The one error class of the API: what crosses a package wall and is meant for a client. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly reason: Reason;
  readonly code: number;
  readonly details: StatusDetails | undefined;
  readonly foreignReason: string | undefined;
  readonly metadata: JsonObject;

  constructor(reason: Reason, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.code = options.code ?? reasonCodes[reason];
    this.details = options.details;
    this.foreignReason = options.foreignReason;
    this.metadata = options.metadata ?? {};
  }

  /** What anything thrown is to a client: an ApiError as it is, the rest a 500 that hides its text and keeps its cause. */
  static from(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    return new ApiError('InternalError', 'Internal error occurred: the server met an unexpected condition', {
      cause: thrown,
      details: { causes: [{ message: 'the server met an unexpected condition' }] },
    });
  }

  /** The Status object, as clients get it. */
  toStatus(): JsonObject {
    const status: MutableJsonObject = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: this.metadata,
      status: 'Failure',
      message: this.message,
    };
    const reason = this.foreignReason ?? this.reason;
    if (reason !== '') status['reason'] = reason;
    if (this.details) status['details'] = this.details as JsonObject;
    status['code'] = this.code;
    return status;
  }
}

function resourceDetails(gr: GroupResource, name: string): StatusDetails {
  return { ...(name && { name }), ...(gr.group && { group: gr.group }), kind: gr.resource };
}

function qualified(gr: GroupResource): string {
  return gr.group === '' ? gr.resource : `${gr.resource}.${gr.group}`;
}

/** 404 `configmaps "x" not found`. */
export function notFound(gr: GroupResource, name: string): ApiError {
  return new ApiError('NotFound', `${qualified(gr)} "${name}" not found`, { details: resourceDetails(gr, name) });
}

/** 409 `configmaps "x" already exists`. */
export function alreadyExists(gr: GroupResource, name: string): ApiError {
  return new ApiError('AlreadyExists', `${qualified(gr)} "${name}" already exists`, {
    details: resourceDetails(gr, name),
  });
}

/** 409 `Operation cannot be fulfilled on configmaps "x": why`. */
export function conflict(gr: GroupResource, name: string, why: string): ApiError {
  return new ApiError('Conflict', `Operation cannot be fulfilled on ${qualified(gr)} "${name}": ${why}`, {
    details: resourceDetails(gr, name),
  });
}

/** 403 `configmaps "x" is forbidden: why`; without a name `configmaps is forbidden: why`. */
export function forbiddenResource(gr: GroupResource, name: string, why: string): ApiError {
  const subject = name === '' ? qualified(gr) : `${qualified(gr)} "${name}"`;
  return new ApiError('Forbidden', `${subject} is forbidden: ${why}`, { details: resourceDetails(gr, name) });
}

/** 400 with a text. */
export function badRequest(message: string): ApiError {
  return new ApiError('BadRequest', message);
}

/** How many refused fields are told: a body can have a hundred thousand, and the answer would be many times its size. */
const TOLD = 1000;

function beyond(count: number): FieldError {
  return { type: 'FieldValueTooMany', field: '<nil>', message: `${count} more are not shown` };
}

/** 422 `Widget.example.com "x" is invalid: …`, one cause per field error; `kind` may be empty as in reviews. */
export function invalidObject(
  kind: { group: string; kind: string },
  name: string,
  errors: readonly FieldError[],
): ApiError {
  const subject = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  if (errors.length > TOLD + 1)
    return invalidObject(kind, name, [...errors.slice(0, TOLD), beyond(errors.length - TOLD)]);
  const causes = errors.map((error) => ({ reason: error.type, message: error.message, field: error.field }));
  return new ApiError('Invalid', `${subject} "${name}" is invalid: ${aggregate(errors)}`, {
    details: {
      ...(name && { name }),
      ...(kind.group && { group: kind.group }),
      ...(kind.kind && { kind: kind.kind }),
      causes,
    },
  });
}

/** 410: what was asked for is older than what is kept. */
export function expired(message: string, metadata: JsonObject = {}): ApiError {
  return new ApiError('Expired', message, { metadata });
}
