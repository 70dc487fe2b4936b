import { describe, expect, it } from '@jest/globals';
import { decodeMessage } from './codec.ts';
import { encodeMessage } from './encode.ts';
import { envelope, openEnvelope } from './envelope.ts';
import { listHead, listItem } from './list-message.ts';
import { message, repeated } from './message.ts';
import { ListMeta, metaMessage, PartialObjectMetadata } from './meta.ts';
import { watchFrame } from './watch-frame.ts';
import { bytes } from './testing/thing.ts';

const inside = (...parts: readonly (number | string)[]): Buffer =>
  Buffer.concat([Buffer.from('k8s\0'), bytes(...parts)]);

describe('the envelope', () => {
  it('is the magic and a runtime.Unknown', () => {
    const written = Buffer.concat([...envelope({ apiVersion: 'v1', kind: 'K' }, [bytes('ab'), bytes('c')])]);
    expect(written).toEqual(inside(0x0a, 7, 0x0a, 2, 'v1', 0x12, 1, 'K', 0x12, 3, 'abc', 0x1a, 0, 0x22, 0));
    expect(openEnvelope(written)).toEqual({ apiVersion: 'v1', kind: 'K', raw: bytes('abc') });
  });

  it('may say nothing of its object, and more than is known', () => {
    expect(openEnvelope(inside(0x0a, 0))).toEqual({ apiVersion: '', kind: '', raw: bytes() });
    expect(openEnvelope(inside(0x3a, 1, 'x', 0x12, 1, 'a', 0x12, 1, 'b')).raw).toEqual(bytes('b'));
  });

  it.each([
    ['nothing', bytes(), 'empty data'],
    ['JSON', bytes('{}'), 'expected prefix [107 56 115 0]'],
    ['the magic alone', inside(), 'empty body'],
    ['an object that breaks off', inside(0x12, 5, 'a'), 'unexpected EOF'],
    ['a kind that breaks off', inside(0x0a, 2, 0x12, 5), 'unexpected EOF'],
  ])('is not %s', (_what, body, why) => {
    expect(() => openEnvelope(body)).toThrow(why);
  });
});

describe('a list', () => {
  it('is its metadata and its items, one after the other', () => {
    const item = encodeMessage(PartialObjectMetadata, { metadata: { name: 'a' } });
    const written = Buffer.concat([listHead({ resourceVersion: '5', remainingItemCount: 1 }), listItem(item)]);
    const list = metaMessage('PartialObjectMetadataList');
    expect(list && decodeMessage(list, written)).toMatchObject({
      metadata: { resourceVersion: '5', remainingItemCount: 1 },
      items: [{ metadata: { name: 'a', creationTimestamp: null } }],
    });
  });

  it('says no count where none is known', () => {
    expect(decodeMessage(ListMeta, encodeMessage(ListMeta, {}))).toEqual({
      selfLink: '',
      resourceVersion: '',
      continue: '',
    });
  });
});

describe('a frame of a watch', () => {
  it('is a length in four bytes and a WatchEvent that holds an envelope', () => {
    const event = message('WatchEvent', () => ({
      type: [1, 'string'],
      object: [2, repeated(message('RawExtension', () => ({ raw: [1, 'bytes'] })))],
    }));
    const frame = watchFrame('ADDED', [bytes('ab'), bytes('c')]);
    expect(frame.readUInt32BE()).toBe(frame.length - 4);
    expect(decodeMessage(event, frame.subarray(4))).toEqual({
      type: 'ADDED',
      object: [{ raw: Buffer.from('abc').toString('base64') }],
    });
  });
});
