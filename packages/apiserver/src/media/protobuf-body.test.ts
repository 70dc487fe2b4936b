import { describe, expect, it } from '@jest/globals';
import { encodeMessage, envelope, messageCodec, PartialObjectMetadata } from '@kcp/protobuf';
import { decodeProtobufBody } from './protobuf-body.ts';

const protobuf = messageCodec(PartialObjectMetadata);
const expected = { kind: 'Thing', protobuf };
const body = (kind: string, apiVersion = 'v1', message?: Buffer): Buffer =>
  Buffer.concat([...envelope({ kind, apiVersion }, [message ?? protobuf.encode({ metadata: { name: 'a' } })])]);

describe('a protobuf body', () => {
  it('is an object with the kind of its envelope', () => {
    expect(decodeProtobufBody(body('Thing'), expected)).toMatchObject({
      kind: 'Thing',
      apiVersion: 'v1',
      metadata: { name: 'a' },
    });
  });

  it('may leave the kind to the path', () => {
    expect(Object.keys(decodeProtobufBody(body('', ''), expected))).toEqual(['metadata']);
  });

  it.each([
    ['nothing', Buffer.alloc(0), /^the object provided is unrecognized \(must be of type Thing\): empty data \(\)$/],
    ['JSON', Buffer.from('{}'), /unrecognized .* expected prefix \[107 56 115 0\] \(7b7d\)$/],
    ['another kind', body('Other'), /^Other in version "v1" cannot be handled as a Thing: no kind "Other"/],
    ['no message', body('Thing', 'g/v2', Buffer.from([8])), /^Thing in version "v2" cannot be handled as a Thing: /],
  ])('is not %s', (_what, bytes, why) => {
    expect(() => decodeProtobufBody(bytes, expected)).toThrow(why);
    expect(() => decodeProtobufBody(bytes, expected)).toThrow(expect.objectContaining({ reason: 'BadRequest' }));
  });

  it('is refused where there are no messages of the kind', () => {
    expect(() => decodeProtobufBody(body('Thing'), { kind: 'Thing', protobuf: undefined })).toThrow(
      /does not implement the protobuf marshalling interface/,
    );
  });

  it('with too many values is refused as such', () => {
    const finalizers = Array<string>(200_001).fill('');
    const message = encodeMessage(PartialObjectMetadata, { metadata: { finalizers } });
    expect(() => decodeProtobufBody(body('Thing', 'v1', message), expected)).toThrow(
      expect.objectContaining({ reason: 'RequestEntityTooLarge' }),
    );
  });
});
