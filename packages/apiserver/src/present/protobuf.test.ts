import { describe, expect, it } from '@jest/globals';
import { decodeMessage, metaMessage, openEnvelope } from '@kcp/protobuf';
import { metadataCodec, protobufItems, protobufList, protobufObject } from './protobuf.ts';

describe('an answer in protobuf', () => {
  it('is of a kind that every server knows', () => {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      code: 404,
      details: { uid: 'u' },
    };
    const { kind, apiVersion, raw } = openEnvelope(Buffer.concat([...protobufObject(status)]));
    expect([kind, apiVersion]).toEqual(['Status', 'v1']);
    expect(decodeMessage(metaMessage('Status') ?? fail(), raw)).toMatchObject({ code: 404, details: { uid: 'u' } });
  });

  it('or of a kind whose codec is given', () => {
    const object = { kind: 'Thing', apiVersion: 'g/v1', metadata: { name: 'a' } };
    expect(() => protobufObject(object)).toThrow('there is no protobuf message for the kind Thing');
    const { raw } = openEnvelope(Buffer.concat([...protobufObject(object, metadataCodec)]));
    expect(metadataCodec.decode(raw)).toMatchObject({ metadata: { name: 'a' } });
  });

  it('or a list, whose items come in pieces', () => {
    const item = (name: string) => ({ kind: 'Thing', apiVersion: 'g/v1', metadata: { name } });
    const items = [[item('a'), item('b')], [item('c')]].map((part) => protobufItems(part, metadataCodec));
    const list = protobufList({ kind: 'ThingList', apiVersion: 'g/v1' }, { resourceVersion: '7' }, items);
    const { kind, raw } = openEnvelope(Buffer.concat([...list]));
    expect(kind).toBe('ThingList');
    expect(decodeMessage(metaMessage('PartialObjectMetadataList') ?? fail(), raw)).toMatchObject({
      metadata: { resourceVersion: '7' },
      items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }, { metadata: { name: 'c' } }],
    });
  });
});

function fail(): never {
  throw new Error('no message');
}
