import { describe, expect, it } from '@jest/globals';
import { negotiate, statusFormat } from './negotiate.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';

describe('negotiate', () => {
  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/vnd.kubernetes.protobuf,application/json',
    'application/xml, */*;q=0.1',
  ])('answers JSON to %s', (accept) => {
    expect(negotiate(accept, 'object')).toEqual({ format: 'json', transform: undefined, pretty: false });
  });

  it('takes the clause with the greatest q, and none with q=0', () => {
    expect(negotiate('application/json;q=0.3, application/yaml;q=0.7', 'object').format).toBe('yaml');
    expect(negotiate('application/json;q=0, application/yaml', 'object').format).toBe('yaml');
  });

  it('knows transformations, and goes on to the next clause where one is unknown', () => {
    expect(negotiate(table, 'object').transform).toEqual({ kind: 'Table', version: 'v1' });
    expect(negotiate(`${table.replace('v=v1', 'v=v2')},application/json`, 'object').transform).toBeUndefined();
  });

  it.each(['text/plain', 'application/*', 'APPLICATION/JSON'])('refuses %s by listing what there is', (accept) => {
    expect(() => negotiate(accept, 'object')).toThrow(/^406: Not Acceptable/);
  });

  it('refuses a known type that asks for something else, in other words', () => {
    expect(() => negotiate(table.replace('Table', 'Nope'), 'object')).toThrow(
      /^only the following media types are accepted/,
    );
    expect(() => negotiate('application/vnd.kubernetes.protobuf', 'object')).toThrow(/^only the following/);
    expect(() => negotiate('application/yaml', 'watch')).toThrow(/^only the following/);
  });

  it.each([
    [PROTOBUF, 'protobuf'],
    [`${PROTOBUF},application/json`, 'protobuf'],
    [`application/json;q=0.5, ${PROTOBUF};q=0.9`, 'protobuf'],
    [`${PROTOBUF};stream=watch`, 'protobuf'],
    [`application/json,${PROTOBUF}`, 'json'],
    [`${PROTOBUF};q=0.1, */*;q=0.2`, 'json'],
  ])('to %s answers %s where there are messages', (accept, format) => {
    expect(negotiate(accept, 'object', 'any').format).toBe(format);
    expect(negotiate(accept, 'watch', 'any').format).toBe(format);
  });

  it('answers metadata in protobuf whatever the object is, and tables never', () => {
    const as = (kind: string): string => `${PROTOBUF};as=${kind};g=meta.k8s.io;v=v1`;
    expect(negotiate(as('PartialObjectMetadataList'), 'object')).toEqual({
      format: 'protobuf',
      transform: { kind: 'PartialObjectMetadataList', version: 'v1' },
      pretty: false,
    });
    expect(() => negotiate(as('Table'), 'object', 'any')).toThrow(/^only the following/);
  });

  it('knows CBOR where there are texts only, and does not write it', () => {
    expect(() => negotiate('application/cbor', 'object')).toThrow(/^only the following/);
    expect(() => negotiate('application/cbor', 'object', 'any')).toThrow(/^406/);
  });

  it.each([
    ['application/yaml', 'yaml'],
    ['text/plain', 'json'],
    [`${PROTOBUF},application/json`, 'protobuf'],
    [`${PROTOBUF};as=Table;g=meta.k8s.io;v=v1,application/json`, 'json'],
    [`${PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1`, 'json'],
  ])('words refusals of %s in %s', (accept, format) => {
    expect(statusFormat(accept)).toBe(format);
  });
});
