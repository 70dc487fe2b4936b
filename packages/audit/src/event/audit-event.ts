import type { JsonObject } from '@kcp/api-machinery';
import type { AuditLevel, AuditStage } from '../level.ts';
import { encodeEvent } from './encode-event.ts';

/** Who makes a request. */
export interface AuditedUser {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** The object or collection that a request is about (audit.k8s.io/v1 ObjectReference); what is empty is left out. */
export interface ObjectReference {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resourceVersion: string;
  readonly subresource: string;
}

/** How a request was answered: of a Status what is bounded, of everything else the code alone. */
export interface ResponseStatus {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly details?: JsonObject;
  readonly code: number;
}

/** What an event says (audit.k8s.io/v1 Event). Objects are JSON on one line. */
export interface EventFields {
  readonly level: AuditLevel;
  readonly auditId: string;
  readonly stage: AuditStage;
  readonly requestUri: string;
  readonly verb: string;
  readonly user: AuditedUser;
  readonly impersonatedUser: AuditedUser | undefined;
  readonly sourceIps: readonly string[];
  readonly userAgent: string;
  readonly objectRef: ObjectReference | undefined;
  readonly responseStatus: ResponseStatus | undefined;
  readonly requestObject: string | undefined;
  readonly responseObject: string | undefined;
  /** When the request came, and when this stage was reached: milliseconds since 1970. */
  readonly received: number;
  readonly reached: number;
  /** Sorted by key. */
  readonly annotations: readonly (readonly [key: string, value: string])[];
}

const TRUNCATED: readonly [string, string] = ['audit.k8s.io/truncated', 'true'];

/** One stage of one request, as it was when it was reached. Its text is made when it is first asked for, and kept. */
export class AuditEvent {
  readonly fields: EventFields;
  #text: string | undefined;
  #size: number | undefined;

  constructor(fields: EventFields) {
    this.fields = fields;
  }

  /** The event as JSON, on one line, without the line's end. */
  get text(): string {
    return (this.#text ??= encodeEvent(this.fields));
  }

  /** The bytes of its text. */
  get size(): number {
    return (this.#size ??= Buffer.byteLength(this.text));
  }

  /** The event without the objects, and an annotation that says so. */
  withoutObjects(): AuditEvent {
    const annotations = [...this.fields.annotations, TRUNCATED].sort(byKey);
    return new AuditEvent({ ...this.fields, requestObject: undefined, responseObject: undefined, annotations });
  }
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
