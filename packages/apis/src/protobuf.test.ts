import { describe, expect, it } from '@jest/globals';
import { DeleteOptions, ListMeta, metaMessage, ObjectMeta, type Field, type Message } from '@kcp/protobuf';
import { decodeObject } from './decode.ts';
import { kinds } from './kinds.ts';
import { messageOf, protobufCodec } from './protobuf.ts';
import { TokenRequest } from './tables/authentication.ts';
import * as meta from './tables/meta.ts';
import { recordedMessages } from './testing/recorded-messages.ts';

const tokenRequest = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', type: TokenRequest };

function tableOf(group: string, kind: string): typeof tokenRequest {
  const table = [...kinds, tokenRequest].find((candidate) => candidate.group === group && candidate.kind === kind);
  if (!table) throw new Error(kind);
  return table;
}

describe('the codec of a built-in kind', () => {
  it.each(recordedMessages)('writes $kind ($group) as Go does, byte by byte', ({ group, kind, object, message }) => {
    expect(protobufCodec(tableOf(group, kind).type)?.encode(object).toString('base64')).toBe(message);
  });

  it.each(recordedMessages)('reads $kind ($group) as if it had come in JSON', ({ group, kind, object, message }) => {
    const table = tableOf(group, kind);
    const read = protobufCodec(table.type)?.decode(Buffer.from(message, 'base64')) ?? {};
    expect(decodeObject(table.type, table, read)).toEqual(decodeObject(table.type, table, object));
  });

  it.each(kinds)('$kind ($group) without anything is read back', (table) => {
    const codec = protobufCodec(table.type);
    const { object } = decodeObject(table.type, table, {});
    const again = codec?.decode(codec.encode(object)) ?? {};
    expect(decodeObject(table.type, table, again)).toEqual({ object, unknownFields: [] });
  });
});

const shape = ({ name, number, type, optional }: Field, deep: number): unknown => {
  const of = typeof type !== 'string' && (type.kind === 'repeated' || type.kind === 'map') ? type.of : type;
  if (typeof of === 'string') return [name, number, of, optional];
  const inner = of.kind === 'message' ? of : of.message;
  return [name, number, of.kind, optional, deep === 0 ? '' : shapes(inner, deep - 1).slice(0, 20)];
};
const shapes = (message: Message | undefined, deep = 3): unknown[] =>
  message?.fields().map((field) => shape(field, deep)) ?? [];

describe('the messages that every server knows', () => {
  it.each([
    ['ObjectMeta', ObjectMeta, meta.ObjectMeta],
    ['ListMeta', ListMeta, meta.ListMeta],
    ['DeleteOptions', DeleteOptions, meta.DeleteOptions],
    ['Status', metaMessage('Status'), meta.Status],
  ] as const)('are those of the tables: %s', (_name, known, table) => {
    expect(shapes(known)).toEqual(shapes(messageOf(table)));
  });
});
