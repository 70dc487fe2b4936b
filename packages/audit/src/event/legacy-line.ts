import { quote } from '@kcp/api-machinery';
import type { EventFields } from './audit-event.ts';

/** An event as one line for people, without its end: kube-apiserver's format `legacy`. */
export function legacyLine(event: EventFields): string {
  const { user, impersonatedUser, objectRef, responseStatus } = event;
  const groups = user.name !== '' && user.groups.length > 0 ? list(user.groups) : '<none>';
  return [
    `${new Date(event.received).toISOString().replace(/\.?0*Z$/, 'Z')} AUDIT:`,
    `id=${quote(event.auditId)}`,
    `stage=${quote(event.stage)}`,
    `ip=${quote(event.sourceIps[0] ?? '<unknown>')}`,
    `method=${quote(event.verb)}`,
    `user=${quote(user.name === '' ? '<none>' : user.name)}`,
    `groups=${quote(groups)}`,
    `as=${quote(impersonatedUser?.name ?? '<self>')}`,
    `asgroups=${quote(impersonatedUser ? list(impersonatedUser.groups) : '<lookup>')}`,
    `user-agent=${quote(event.userAgent)}`,
    `namespace=${quote(objectRef?.namespace || '<none>')}`,
    `uri=${quote(event.requestUri)}`,
    `response="${responseStatus?.code ?? '<deferred>'}"`,
  ].join(' ');
}

function list(texts: readonly string[]): string {
  return texts.map(quote).join(',');
}
