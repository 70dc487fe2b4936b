import type { JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import type { ConnectSubresource } from '../../verbs/connect.ts';
import { groupId, type Subject } from './operations.ts';
import { nameParameter, namespaceParameter, pathParameter } from './parameters.ts';

/** A sub-resource of calls, of what, under which name. */
export interface ConnectPart {
  readonly subject: Subject;
  readonly name: string;
  readonly subresource: ConnectSubresource;
}

/** Adds the path of a sub-resource of calls, and the one that other paths follow, with an operation for each method. */
export function addConnectPaths(paths: MutableJsonObject, path: string, part: ConnectPart): void {
  paths[path] = connectPath(part, false);
  if (part.subresource.takesPath) paths[`${path}/{path}`] = connectPath(part, true);
}

function connectPath({ subject, name, subresource }: ConnectPart, withPath: boolean): JsonObject {
  const { resource, kind, within } = subject;
  const item: MutableJsonObject = {
    parameters: [
      nameParameter(subresource.produces.kind),
      ...(within ? [namespaceParameter] : []),
      ...(withPath ? [pathParameter] : []),
    ],
  };
  const end = `${within ? 'Namespaced' : ''}${resource.kind}${capital(name)}${withPath ? 'WithPath' : ''}`;
  for (const method of subresource.methods) {
    item[method.toLowerCase()] = {
      description: `connect ${method} requests to ${name} of ${kind.kind}`,
      operationId: `connect${groupId(resource.gvr)}${capital(method.toLowerCase())}${end}`,
      responses: {
        '200': { description: 'OK', content: { '*/*': { schema: { type: 'string' } } } },
        '401': { description: 'Unauthorized' },
      },
      'x-kubernetes-action': 'connect',
      'x-kubernetes-group-version-kind': { ...subresource.produces },
    };
  }
  return item;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
