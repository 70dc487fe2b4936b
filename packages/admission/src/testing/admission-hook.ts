import { ApiError, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { hookServer, type HookReply, type HookServer } from '@kcp/outbound/testing';
import type { AdmissionAttributes } from '../admission.ts';
import type { WebhookWorld } from './webhook-world.ts';

/** What a path of a hook does with the request of a review. */
export type Reply = (request: JsonObject) => HookReply | Promise<HookReply>;

/** A hook that goes by the first segment of the path; what has no reply cuts the connection. */
export function admissionHook(replies: () => Readonly<Record<string, Reply>>): Promise<HookServer> {
  return hookServer((sent, path) => {
    const request = at(sent, 'request');
    return replies()[path.split(/[/?]/)[1] ?? '']?.(isObject(request) ? request : {}) ?? 'break';
  });
}

/** Answers with a review. */
export const review = (response: JsonObject): HookReply => ({
  body: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response },
});

/** Answers the question that was asked. */
export const say =
  (answer: JsonObject): Reply =>
  (request) =>
    review({ uid: at(request, 'uid'), ...answer });

/** The part of an answer that changes the object. */
export const patch = (operations: Json): JsonObject => ({
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

/** Adds a letter to the object's trace. */
export const append =
  (letter: string): Reply =>
  (request) => {
    const before = at(request, 'object', 'data', 'trace');
    const value = { trace: (typeof before === 'string' ? before : '') + letter };
    return say({ allowed: true, ...patch([{ op: 'add', path: '/data', value }]) })(request);
  };

/** A member of JSON; null where there is none. */
export function at(json: Json, ...fields: readonly string[]): Json {
  return fields.reduce<Json>((value, field) => (isObject(value) ? (own(value, field) ?? null) : null), json);
}

/** Code, reason and message of a refusal, whatever the port of the hook. */
export async function refusal(
  world: WebhookWorld,
  fields: Partial<AdmissionAttributes> = {},
): Promise<readonly unknown[]> {
  try {
    await world.ask(fields);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const message = error.message.replaceAll(/127\.0\.0\.1:\d+/g, 'hook');
    return [error.code, error.foreignReason ?? error.reason, message];
  }
  return ['allowed'];
}
