import { describe, expect, it } from '@jest/globals';
import { readDefinitions } from './read-definitions.ts';

const head =
  'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.x.io, annotations: {b: c}}\n';

describe('definitions in a text', () => {
  it('lose what is not theirs: metadata, status, unknown fields', () => {
    const text = `${head}spec: {group: x.io, nonsense: 1, versions: [{name: v1, served: true, storage: true, odd: 2}]}\nstatus: {conditions: []}`;
    expect(readDefinitions(text)).toMatchObject([{ metadata: { name: 'a.x.io' }, spec: { group: 'x.io' } }]);
    expect(JSON.stringify(readDefinitions(text))).not.toMatch(/nonsense|odd|annotations/);
  });

  it('are YAML as kubectl reads it: yes is true, dates are texts, JSON is YAML', () => {
    const version = '{name: v1, served: yes, storage: on, deprecationWarning: 2026-01-01}';
    expect(readDefinitions(`${head}spec: {versions: [${version}]}`)).toMatchObject([
      { spec: { versions: [{ served: true, storage: true, deprecationWarning: '2026-01-01' }] } },
    ]);
    const json = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec: { group: 'x.io' } };
    expect(readDefinitions(JSON.stringify(json))).toMatchObject([{ spec: { group: 'x.io' } }]);
  });

  it('keep names that JavaScript has for itself', () => {
    const schema = '{type: object, properties: {__proto__: {type: string}, constructor: {type: string}}}';
    const [definition] = readDefinitions(
      `${head}spec: {versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: ${schema}}}]}`,
    );
    expect(JSON.stringify(definition)).toContain(
      '"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}',
    );
  });

  it('are none where there is nothing', () => {
    expect(readDefinitions('')).toEqual([]);
    expect(readDefinitions('---\n---\n# nothing\n')).toEqual([]);
  });

  it('are refused by what is wrong with them', () => {
    expect(() => readDefinitions('a: [')).toThrow('the file is no YAML');
    expect(() => readDefinitions('a: &x {b: *x}')).toThrow();
    expect(() => readDefinitions('text')).toThrow('document 1 is no CustomResourceDefinition');
    expect(() => readDefinitions(`${head}---\napiVersion: v1\nkind: Pod`)).toThrow(
      'no kind "Pod" is registered for version "v1"',
    );
    expect(() => readDefinitions(head.replace('v1\n', 'v1beta1\n'))).toThrow('v1beta1');
  });

  it('may not unfold without end', () => {
    const levels = Array.from(
      { length: 40 },
      (_, at) => `a${at}: &a${at} [${at === 0 ? '1' : `*a${at - 1}, *a${at - 1}`}]`,
    );
    expect(() => readDefinitions(levels.join('\n'))).toThrow('holds too many values once its aliases are followed');
  });
});
