import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@kcp/api-machinery';
import { printerColumns } from './printer-columns.ts';

const NOW = Date.parse('2024-01-01T00:00:00Z');

function cells(spec: object, columns: readonly { type: string; jsonPath: string }[]): unknown[] {
  const object = {
    apiVersion: 'example.com/v1',
    kind: 'Gauge',
    metadata: { name: 'g', creationTimestamp: '2023-12-31T23:59:00Z' },
    spec,
  };
  return printerColumns(columns.map((column, at) => ({ name: `C${at}`, ...column })))
    .slice(1)
    .map((column) => column.cell(object as unknown as KubeObject, NOW));
}

const one = (type: string, value: unknown): unknown => cells({ x: value }, [{ type, jsonPath: '.spec.x' }])[0];

describe('cells', () => {
  it('of type string print any value', () => {
    expect(one('string', 12)).toBe('12');
    expect(one('string', '')).toBe('');
    expect(one('string', ['x', 'y'])).toBe('["x","y"]');
    expect(one('string', undefined)).toBeNull();
  });

  it('of type integer cut fractions', () => {
    expect(one('integer', 7.9)).toBe(7);
    expect(one('integer', -7.9)).toBe(-7);
    expect(one('integer', 9007199254740993n)).toBe(9007199254740993n);
    expect(one('integer', 'seven')).toBeNull();
  });

  it('of type number and boolean show only their own', () => {
    expect(one('number', 1e21)).toBe(1e21);
    expect(one('number', 'x')).toBeNull();
    expect(one('boolean', true)).toBe(true);
    expect(one('boolean', 1)).toBeNull();
  });

  it('of type date are ages', () => {
    expect(one('date', '2020-01-01T00:00:00Z')).toBe('4y1d');
    expect(one('date', '')).toBe('<unknown>');
    expect(one('date', 'yesterday')).toBe('<invalid>');
    expect(one('date', '2999-01-01T00:00:00Z')).toBe('<invalid>');
    expect(one('date', null)).toBeNull();
  });

  it('take the first of many hits', () => {
    expect(cells({ list: ['a', 'b'] }, [{ type: 'string', jsonPath: '.spec.list[*]' }])).toEqual(['a']);
  });
});

describe('columns', () => {
  it('begin with the name and end with the age where none are declared', () => {
    expect(printerColumns(undefined).map(({ name, type, format }) => [name, type, format])).toEqual([
      ['Name', 'string', 'name'],
      ['Age', 'date', ''],
    ]);
  });

  it('describe themselves by their path', () => {
    const [, size] = printerColumns([{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }]);
    expect(size).toMatchObject({
      description: 'Custom resource definition column (in JSONPath format): .spec.size',
      priority: 0,
    });
  });

  it('stop at the first path that cannot be read', () => {
    const columns = ['.spec.a', '.spec[', '.spec.b'].map((jsonPath) => ({ name: jsonPath, type: 'string', jsonPath }));
    expect(printerColumns(columns).map(({ name }) => name)).toEqual(['Name', '.spec.a']);
  });
});
