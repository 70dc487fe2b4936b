import { goJson } from '@kcp/api-machinery';
import type { AuditedUser, EventFields, ObjectReference, ResponseStatus } from './audit-event.ts';

/** How every event begins; the items of an EventList leave it out. */
export const EVENT_HEAD = '{"kind":"Event","apiVersion":"audit.k8s.io/v1",';

const HTML = /[<>&\u2028\u2029]/;
const EVERY_HTML = /[<>&\u2028\u2029]/g;

/** An event as kube-apiserver writes it: members in the order of the type, keys of maps sorted, Go's escapes. */
export function encodeEvent(event: EventFields): string {
  const { impersonatedUser, objectRef, responseStatus, requestObject, responseObject } = event;
  let text = `${EVENT_HEAD}"level":"${event.level}","auditID":${json(event.auditId)},"stage":"${event.stage}"`;
  text += `,"requestURI":${json(event.requestUri)},"verb":${json(event.verb)},"user":${userText(event.user)}`;
  if (impersonatedUser) text += `,"impersonatedUser":${userText(impersonatedUser)}`;
  if (event.sourceIps.length > 0) text += `,"sourceIPs":${JSON.stringify(event.sourceIps)}`;
  if (event.userAgent !== '') text += `,"userAgent":${json(event.userAgent)}`;
  if (objectRef) text += `,"objectRef":${referenceText(objectRef)}`;
  if (responseStatus) text += `,"responseStatus":${statusText(responseStatus)}`;
  if (requestObject !== undefined) text += `,"requestObject":${requestObject}`;
  if (responseObject !== undefined) text += `,"responseObject":${responseObject}`;
  text += `,"requestReceivedTimestamp":"${microTime(event.received)}","stageTimestamp":"${microTime(event.reached)}"`;
  if (event.annotations.length > 0) text += `,"annotations":${annotationsText(event.annotations)}`;
  text += '}';
  // outside of strings JSON has none of these characters
  return HTML.test(text) ? text.replace(EVERY_HTML, escaped) : text;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function json(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** Users are shared by many requests, and each has two events. */
const userTexts = new WeakMap<AuditedUser, string>();

function userText(user: AuditedUser): string {
  let text = userTexts.get(user);
  if (text === undefined) {
    const { name, uid, groups, extra } = user;
    const keys = Object.keys(extra).sort();
    text = goJson({
      ...(name !== '' && { username: name }),
      ...(uid !== '' && { uid }),
      ...(groups.length > 0 && { groups }),
      ...(keys.length > 0 && { extra: Object.fromEntries(keys.map((key) => [key, extra[key] ?? []])) }),
    });
    userTexts.set(user, text);
  }
  return text;
}

const REFERENCE = [
  'resource',
  'namespace',
  'name',
  'uid',
  'apiGroup',
  'apiVersion',
  'resourceVersion',
  'subresource',
] as const;

function referenceText(reference: ObjectReference): string {
  let text = '';
  for (const name of REFERENCE) {
    const value = reference[name];
    if (value !== '') text += `${text === '' ? '' : ','}"${name}":${json(value)}`;
  }
  return `{${text}}`;
}

function statusText({ status, message, reason, details, code }: ResponseStatus): string {
  let text = '{"metadata":{}';
  if (status) text += `,"status":${json(status)}`;
  if (message) text += `,"message":${json(message)}`;
  if (reason) text += `,"reason":${json(reason)}`;
  if (details) text += `,"details":${goJson(details)}`;
  return `${text},"code":${code}}`;
}

let lastSecond = NaN;
let lastText = '';

/** Milliseconds as metav1.MicroTime. Most events are of the second of the one before. */
function microTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = new Date(second * 1000).toISOString().slice(0, 20);
  }
  return `${lastText}${String(Math.floor(milliseconds - second * 1000)).padStart(3, '0')}000Z`;
}

function annotationsText(annotations: EventFields['annotations']): string {
  let text = '';
  for (const [key, value] of annotations) text += `${text === '' ? '' : ','}${json(key)}:${json(value)}`;
  return `{${text}}`;
}
