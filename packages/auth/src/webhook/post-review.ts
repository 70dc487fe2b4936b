import { isObject, own, parseJson, stringifyJson, type Json, type JsonObject } from '@kcp/api-machinery';
import { OutboundError, type Outbound, type OutboundAnswer } from '@kcp/outbound';
import type { ReviewEndpoint } from './review-endpoint.ts';

/** By what reviews are posted. */
export interface ReviewCalls {
  readonly endpoint: ReviewEndpoint;
  readonly outbound: Outbound;
  /** Whose outgoing calls these are. */
  readonly tenant: string;
  /** Waits between attempts, in milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  /** In [0, 1), for the waits. */
  readonly random: () => number;
  /** Told of each attempt: the status, or `<error>`, and how long it took in milliseconds. */
  readonly observe?: (code: string, ms: number) => void;
  readonly clock: () => number;
}

/** A review: its kind, its version, and what is asked. */
export interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: JsonObject;
}

/** webhook.DefaultRetryBackoffWithInitialDelay(500 ms). */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
const FACTOR = 1.5;
const JITTER = 0.2;
const TIMEOUT_MS = 30_000;
const MAX_SHOWN = 200;

/** Posts a review, several times where that may help, and gives the answer's status. Throws Error with what went wrong last. */
export async function postReview(review: Review, calls: ReviewCalls): Promise<JsonObject> {
  let waitMs = FIRST_WAIT_MS;
  for (let attempt = 1; ; attempt += 1) {
    const result = await postOnce(review, calls);
    if (result.kind === 'answer') return result.status;
    if (!result.again || attempt === ATTEMPTS) throw result.error;
    await calls.wait(waitMs * (1 + JITTER * calls.random()));
    waitMs *= FACTOR;
  }
}

type Result =
  | { readonly kind: 'answer'; readonly status: JsonObject }
  | { readonly kind: 'failure'; readonly error: Error; readonly again: boolean };

async function postOnce(review: Review, calls: ReviewCalls): Promise<Result> {
  const { endpoint, outbound, tenant, observe, clock } = calls;
  const started = clock();
  let answer: OutboundAnswer;
  try {
    answer = await outbound.send({
      tenant,
      url: endpoint.url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(endpoint.authorization !== undefined && { authorization: endpoint.authorization }),
      },
      body: Buffer.from(stringifyJson({ ...review, metadata: { creationTimestamp: null }, status: {} })),
      ...(endpoint.tls && { tls: endpoint.tls }),
      timeoutMs: TIMEOUT_MS,
    });
  } catch (error) {
    observe?.('<error>', clock() - started);
    if (!(error instanceof OutboundError)) throw error;
    const { failure } = error;
    return { kind: 'failure', error, again: failure.kind === 'broken' && failure.reset };
  }
  observe?.(String(answer.status), clock() - started);
  return judged(answer, review);
}

/** A busy or broken server may do better next time (webhook.DefaultShouldRetry); one that talks nonsense will not. */
function judged({ status, headers, body }: OutboundAnswer, review: Review): Result {
  const failed = (why: string, again: boolean): Result => ({ kind: 'failure', error: new Error(why), again });
  if (status < 200 || status > 299) {
    const again = [429, 500, 504].includes(status) || headers['retry-after'] !== undefined;
    return failed(`the webhook answered ${status}: ${body.toString('utf8').slice(0, MAX_SHOWN)}`, again);
  }
  let value: Json;
  try {
    value = parseJson(body.toString('utf8'));
  } catch {
    return failed('the webhook answered what is no JSON', false);
  }
  if (!isObject(value)) return failed('the webhook answered what is no object', false);
  const [kind, apiVersion] = [own(value, 'kind') ?? '', own(value, 'apiVersion') ?? ''];
  if ((kind !== '' && kind !== review.kind) || (apiVersion !== '' && apiVersion !== review.apiVersion)) {
    const got = `${JSON.stringify(apiVersion)}, Kind=${JSON.stringify(kind)}`;
    return failed(`the webhook answered ${got}, expected ${review.apiVersion}, Kind=${review.kind}`, false);
  }
  const answered = own(value, 'status') ?? {};
  return isObject(answered) ? { kind: 'answer', status: answered } : failed('the webhook answered no status', false);
}
