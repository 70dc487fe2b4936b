import type { MethodDefinition } from '@grpc/proto-loader';
import { fromJSON } from '@grpc/proto-loader';
import type { Calls, Streams } from './messages.ts';
import { schema } from './schema.ts';

/** How a method is called: its path, and the bytes of what goes and comes. */
export interface Method<Request, Response> {
  readonly path: string;
  readonly encode: (request: Request) => Buffer;
  readonly decode: (bytes: Buffer) => Response;
}

const definitions = fromJSON(schema as Parameters<typeof fromJSON>[0], {
  keepCase: true,
  longs: String,
  enums: String,
  bytes: Buffer,
  defaults: true,
  arrays: true,
  oneofs: true,
});

const definitionOf = (service: string, name: string): MethodDefinition<object, object> => {
  const found = Reflect.get(definitions[`etcdserverpb.${service}`] ?? {}, name) as
    | MethodDefinition<object, object>
    | undefined;
  if (found === undefined) throw new TypeError(`etcd has no method ${service}.${name}`);
  return found;
};

const method = <Request, Response>(service: string, name: string): Method<Request, Response> => {
  const { path, requestSerialize, responseDeserialize } = definitionOf(service, name);
  return {
    path,
    encode: (request) => requestSerialize(request as object),
    decode: (bytes) => responseDeserialize(bytes) as Response,
  };
};

const call = <Name extends keyof Calls>(service: string, name: Name) =>
  method<Calls[Name]['request'], Calls[Name]['response']>(service, name);

const stream = <Name extends keyof Streams>(service: string, name: Name) =>
  method<Streams[Name]['request'], Streams[Name]['response']>(service, name);

/** The calls with one answer, by name. */
export const calls: { readonly [Name in keyof Calls]: Method<Calls[Name]['request'], Calls[Name]['response']> } = {
  Range: call('KV', 'Range'),
  Txn: call('KV', 'Txn'),
  Compact: call('KV', 'Compact'),
  LeaseGrant: call('Lease', 'LeaseGrant'),
  LeaseRevoke: call('Lease', 'LeaseRevoke'),
};

/** The streams, by name. */
export const streams: {
  readonly [Name in keyof Streams]: Method<Streams[Name]['request'], Streams[Name]['response']>;
} = {
  Watch: stream('Watch', 'Watch'),
  LeaseKeepAlive: stream('Lease', 'LeaseKeepAlive'),
};
