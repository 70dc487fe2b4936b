import { isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import type { Backend } from './backend/backend.ts';
import { Annotations } from './event/annotations.ts';
import { AuditEvent, type AuditedUser, type ObjectReference, type ResponseStatus } from './event/audit-event.ts';
import { recordedValue, sentText, servedText } from './event/recorded-object.ts';
import { reaches, type AuditStage } from './level.ts';
import type { RequestConfig } from './policy/evaluate.ts';
import type { AuditedAttributes } from './policy/fits.ts';

/** What is known of a request when it comes, beside what the policy looks at. */
export interface RequestFacts {
  readonly auditId: string;
  readonly requestUri: string;
  readonly sourceIps: readonly string[];
  readonly userAgent: string;
  /** When it came, in milliseconds since 1970. */
  readonly received: number;
  readonly user: AuditedUser;
  readonly annotations: Iterable<readonly [key: string, value: string]>;
}

/** How a request was answered. */
export interface RecordedAnswer {
  readonly code: number;
  /** The answer's body, where it is JSON of this server and whole. */
  readonly body?: Uint8Array;
  /** What nobody expected. */
  readonly failure?: string;
}

/** What a record needs of the recorder. */
export interface RecordOptions {
  readonly config: RequestConfig;
  readonly backend: Backend;
  readonly clock: () => number;
  /** Told of every event that is made. */
  readonly counted: () => void;
  /** Told of an annotation that was not taken. */
  readonly refused: (key: string) => void;
}

const LONGEST_AGENT = 1024;

/** What is recorded of one request while it goes through the server; stages make events of it. */
export class RequestRecord {
  /** True where the level takes what clients send. */
  readonly wantsRequests: boolean;
  /** True where the level takes what clients are answered. */
  readonly wantsAnswers: boolean;
  readonly #options: RecordOptions;
  readonly #attributes: AuditedAttributes;
  readonly #facts: RequestFacts;
  readonly #annotations = new Annotations();
  #reference: ObjectReference | undefined;
  #impersonated: AuditedUser | undefined;
  #status: Omit<ResponseStatus, 'code'> = {};
  #requestObject: string | undefined;
  #responseObject: string | undefined;

  constructor(attributes: AuditedAttributes, facts: RequestFacts, options: RecordOptions) {
    const { level } = options.config;
    this.wantsRequests = reaches(level, 'Request');
    this.wantsAnswers = reaches(level, 'RequestResponse');
    this.#options = options;
    this.#attributes = attributes;
    this.#facts = facts;
    this.#reference = referenceOf(attributes);
    for (const [key, value] of facts.annotations) this.annotate(key, value);
  }

  /** Adds a fact to all later events of the request. The first value of a key stays; count and length are bounded. */
  annotate(key: string, value: string): void {
    if (!this.#annotations.add(key, value)) this.#options.refused(key);
  }

  /** Who the request counts as from here on. */
  impersonated(user: AuditedUser): void {
    this.#impersonated = user;
  }

  /** The object that was sent, decoded. What it says of itself completes the reference, at every level. */
  requested(object: JsonObject): void {
    this.#reference = completed(this.#reference, object);
    if (this.wantsRequests) this.#requestObject = recordedValue(object, this.#options.config.omitManagedFields);
  }

  /** The patch that was sent, JSON. */
  patched(bytes: Uint8Array): void {
    if (this.wantsRequests) this.#requestObject = sentText(bytes, this.#options.config.omitManagedFields);
  }

  /** What the answer shows: a Status, of which the record has the bounded parts at every level, or an object that is not written in JSON. */
  answers(value: Json): void {
    if (isObject(value) && own(value, 'kind') === 'Status') this.#status = boundedStatus(value);
    if (this.wantsAnswers && this.#attributes.kind === 'resource')
      this.#responseObject = recordedValue(value, this.#options.config.omitManagedFields);
  }

  /** A stage is reached. False, or a promise of it: the event cannot be recorded, and a request that has just begun must be refused. */
  reach(stage: AuditStage, answer?: RecordedAnswer): boolean | Promise<boolean> {
    const { config, backend, counted } = this.#options;
    if (config.omitStages.has(stage)) return true;
    if (answer?.body && this.wantsAnswers && this.#attributes.kind === 'resource')
      this.#responseObject ??= servedText(answer.body, config.omitManagedFields);
    counted();
    return backend.process([this.#event(stage, answer && this.#statusOf(answer))]);
  }

  #statusOf({ code, failure }: RecordedAnswer): ResponseStatus {
    if (failure === undefined) return { ...this.#status, code };
    return { status: 'Failure', message: `APIServer panic'd: ${failure}`, reason: 'InternalError', code };
  }

  #event(stage: AuditStage, responseStatus: ResponseStatus | undefined): AuditEvent {
    const { config, clock } = this.#options;
    const { auditId, requestUri, sourceIps, userAgent, received, user } = this.#facts;
    return new AuditEvent({
      level: config.level,
      auditId,
      stage,
      requestUri,
      verb: this.#attributes.verb,
      user,
      impersonatedUser: this.#impersonated,
      sourceIps,
      userAgent: userAgent.length > LONGEST_AGENT ? `${userAgent.slice(0, LONGEST_AGENT)}...TRUNCATED` : userAgent,
      objectRef: this.#reference,
      responseStatus,
      requestObject: this.#requestObject,
      responseObject: this.#responseObject,
      received,
      reached: stage === 'RequestReceived' ? received : clock(),
      annotations: this.#annotations.sorted(),
    });
  }
}

function referenceOf(attributes: AuditedAttributes): ObjectReference | undefined {
  if (attributes.kind !== 'resource') return undefined;
  const { resource, namespace, name, group, version, subresource } = attributes;
  return { resource, namespace, name, uid: '', apiGroup: group, apiVersion: version, resourceVersion: '', subresource };
}

function completed(reference: ObjectReference | undefined, object: JsonObject): ObjectReference | undefined {
  const metadata = own(object, 'metadata');
  if (reference === undefined || !isObject(metadata)) return reference;
  const text = (name: 'namespace' | 'name' | 'uid' | 'resourceVersion'): string => {
    const value = own(metadata, name);
    return reference[name] === '' && typeof value === 'string' ? value : reference[name];
  };
  return {
    ...reference,
    namespace: text('namespace'),
    name: text('name'),
    uid: text('uid'),
    resourceVersion: text('resourceVersion'),
  };
}

function boundedStatus(status: JsonObject): Omit<ResponseStatus, 'code'> {
  const details = own(status, 'details');
  const text = (name: 'status' | 'message' | 'reason'): Partial<Record<typeof name, string>> => {
    const value = own(status, name);
    return typeof value === 'string' ? { [name]: value } : {};
  };
  return { ...text('status'), ...text('message'), ...text('reason'), ...(isObject(details) && { details }) };
}
