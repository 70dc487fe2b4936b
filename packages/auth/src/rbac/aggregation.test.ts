import { describe, expect, it } from '@jest/globals';
import { aggregatedRules, resolveAggregation, sameRules } from './aggregation.ts';
import type { LabelSelector, PolicyRule, Role } from './objects.ts';

const on = (resource: string): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources: [resource] });
const role = (name: string, label: string, ...rules: PolicyRule[]): Role => ({ name, labels: { to: label }, rules });
const exact = (value: string): LabelSelector => ({ matchLabels: { to: value }, matchExpressions: [] });
const expression = (operator: string, ...values: string[]): LabelSelector => ({
  matchLabels: {},
  matchExpressions: [{ key: 'to', operator, values }],
});
const sum = (...aggregation: LabelSelector[]): Role => ({
  name: 'sum',
  labels: { to: 'yes' },
  rules: [on('old')],
  aggregation,
});

const roles = [
  role('part-b', 'no', on('b')),
  role('part-c', 'yes', on('c'), on('a')),
  role('part-a', 'yes', on('a'), on('x')),
  sum(exact('yes')),
];

describe('an aggregating role', () => {
  it('has the rules of those it selects, by name, each once, never its own', () => {
    expect(aggregatedRules(sum(exact('yes')), roles)).toEqual([on('a'), on('x'), on('c')]);
  });
  it('follows its selectors in order', () => {
    expect(aggregatedRules(sum(exact('no'), exact('yes')), roles)).toEqual([on('b'), on('a'), on('x'), on('c')]);
  });
  it.each<[LabelSelector, string[]]>([
    [expression('In', 'no', 'maybe'), ['b']],
    [expression('NotIn', 'yes'), ['b', 'bare']],
    [expression('Exists'), ['a', 'x', 'b', 'c']],
    [expression('DoesNotExist'), ['bare']],
    [expression('Near'), []],
    [{ matchLabels: {}, matchExpressions: [] }, ['a', 'x', 'b', 'c', 'bare']],
    [{ matchLabels: { constructor: 'x' }, matchExpressions: [] }, []],
  ])('selects by %j', (selector, resources) => {
    const bare = { name: 'part-z', labels: {}, rules: [on('bare')] };
    expect(aggregatedRules(sum(selector), [...roles, bare])?.map((rule) => rule.resources?.[0])).toEqual(resources);
  });
  it('with nothing selected has no rules; others do not aggregate', () => {
    expect(aggregatedRules(sum(exact('none')), roles)).toEqual([]);
    expect(aggregatedRules(sum(), roles)).toEqual([]);
    expect(aggregatedRules(role('r', 'yes'), roles)).toBeUndefined();
  });
});

describe('roles that gather one another', () => {
  it('are resolved through, rings included', () => {
    const chain: Role[] = [
      { name: 'top', labels: {}, rules: [], aggregation: [exact('mid')] },
      { name: 'middle', labels: { to: 'mid' }, rules: [], aggregation: [exact('leaf')] },
      role('leaf', 'leaf', on('a')),
      { name: 'ring-1', labels: { to: 'ring' }, rules: [], aggregation: [exact('ring')] },
      { name: 'ring-2', labels: { to: 'ring' }, rules: [], aggregation: [exact('ring'), exact('leaf')] },
    ];
    const rules = new Map(resolveAggregation(chain).map((one) => [one.name, one.rules]));
    expect(rules.get('top')).toEqual([on('a')]);
    expect(rules.get('ring-1')).toEqual([on('a')]);
  });
});

describe('rules are the same', () => {
  it('where they say the same in the same order', () => {
    expect(sameRules([on('a')], [{ ...on('a'), resourceNames: [] }])).toBe(true);
    expect(sameRules([on('a'), on('b')], [on('b'), on('a')])).toBe(false);
    expect(sameRules([], [{ verbs: [] }])).toBe(false);
  });
});
