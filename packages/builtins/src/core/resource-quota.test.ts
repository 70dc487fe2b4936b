import { describe, expect, it } from '@jest/globals';
import { createErrors, prepared, updateErrors } from '../testing/context.ts';
import { resourceQuotas } from './resource-quota.ts';

const quota = resourceQuotas();

describe('ResourceQuotas', () => {
  it.each([
    [{ cpu: '-1' }, ['spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0']],
    [{ pods: '1.5' }, ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
    [{ 'count/configmaps': '500m' }, ['spec.hard[count/configmaps]: Invalid value: "500m": must be an integer']],
    [{ 'requests.example.com/x': '1.5', cpu: '1.5', 'count/a': '1e999' }, []],
    [
      { nope: '1' },
      [
        'spec.hard[nope]: Invalid value: "nope": must be a standard resource type or fully qualified',
        'spec.hard[nope]: Invalid value: "nope": must be a standard resource for quota',
      ],
    ],
  ])('with hard %j', (hard, errors) => {
    expect(createErrors(quota, { spec: { hard } })).toEqual(errors);
  });

  it.each([
    [['NotTerminating', 'BestEffort'], { pods: '1' }, []],
    [['Nope'], { pods: '1' }, ['spec.scopes: Invalid value: ["Nope"]: unsupported scope']],
    [
      ['Terminating', 'NotTerminating'],
      { pods: '1' },
      ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
    ],
    [
      ['BestEffort'],
      { configmaps: '1' },
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
  ])('with scopes %j over %j', (scopes, hard, errors) => {
    expect(createErrors(quota, { spec: { hard, scopes } })).toEqual(errors);
  });

  it.each([
    [
      { scopeName: 'PriorityClass', operator: 'In' },
      "values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ],
    [
      { scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] },
      "values: Invalid value: [\"a\"]: must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector",
    ],
    [
      { scopeName: 'PriorityClass', operator: 'Near' },
      'operator: Invalid value: "Near": not a valid selector operator',
    ],
  ])('with a scope selector %j', (requirement, error) => {
    const spec = { hard: { pods: '1' }, scopeSelector: { matchExpressions: [requirement] } };
    expect(createErrors(quota, { spec })).toEqual([`spec.scopeSelector.matchExpressions.${error}`]);
  });

  it('round amounts finer than a thousandth away from zero', () => {
    const hard = { 'limits.cpu': '0.0001', cpu: '1500u', memory: '1', 'count/a': '0100' };
    expect(prepared(quota, { spec: { hard } })['spec']).toEqual({
      hard: { 'limits.cpu': '1m', cpu: '2m', memory: '1', 'count/a': '0100' },
    });
  });

  it('start without a status and keep their scopes', () => {
    const old = prepared(quota, { status: { used: { pods: '1' } } });
    expect(old['status']).toEqual({});
    const next = prepared(quota, { spec: { scopes: ['BestEffort'] } });
    expect(updateErrors(quota.strategy, next, old)).toEqual([
      'spec.scopes: Invalid value: ["BestEffort"]: field is immutable',
    ]);
  });

  it('show what is used of what is allowed', () => {
    const object = {
      ...prepared(quota, {}),
      status: { hard: { 'limits.cpu': '4', configmaps: '20', 'count/a': '5' }, used: { configmaps: '2' } },
    };
    expect(quota.columns.map((column) => column.cell(object, 0)).slice(1, 3)).toEqual([
      'configmaps: 2/20, count/a: 0/5',
      'limits.cpu: 0/4',
    ]);
  });
});
