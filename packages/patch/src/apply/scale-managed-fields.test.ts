import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { fieldPath, fromScaleManagedFields, toScaleManagedFields } from './scale-managed-fields.ts';

const paths = { 'example.com/v1': fieldPath('.spec.replicas'), 'example.com/v0': null };

function entry(manager: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject {
  return { manager, operation: 'Apply', apiVersion: 'example.com/v1', fieldsType: 'FieldsV1', fieldsV1, ...more };
}

const BOTH = { 'f:spec': { 'f:replicas': {}, 'f:size': {} } };
const REPLICAS = { 'f:spec': { 'f:replicas': {} } };
const SIZE = { 'f:spec': { 'f:size': {} } };

describe('who owns the replicas of a resource', () => {
  it('is shown by its Scale', () => {
    const entries = [entry('a', BOTH), entry('b', SIZE), entry('c', REPLICAS, { apiVersion: 'example.com/v0' })];
    expect(toScaleManagedFields(entries, paths)).toEqual([entry('a', REPLICAS, { apiVersion: 'autoscaling/v1' })]);
    expect(toScaleManagedFields([entry('b', SIZE)], paths)).toBeUndefined();
  });

  it('changes with a write through the Scale', () => {
    const scale = [entry('hpa', REPLICAS, { apiVersion: 'autoscaling/v1', subresource: 'scale' })];
    const written = { entries: [entry('a', BOTH), entry('b', REPLICAS)], scale, paths, apiVersion: 'example.com/v1' };
    expect(fromScaleManagedFields(written)).toEqual([
      entry('a', SIZE),
      entry('hpa', REPLICAS, { subresource: 'scale' }),
    ]);
  });

  it('stays where the Scale says so; entries of versions that are gone are dropped', () => {
    const scale = [entry('a', REPLICAS, { apiVersion: 'autoscaling/v1' })];
    const entries = [entry('a', BOTH), entry('gone', SIZE, { apiVersion: 'example.com/v9' })];
    expect(fromScaleManagedFields({ entries, scale, paths, apiVersion: 'example.com/v1' })).toEqual([entry('a', BOTH)]);
  });
});
