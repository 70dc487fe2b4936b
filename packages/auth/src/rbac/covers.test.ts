import { describe, expect, it } from '@jest/globals';
import { compileRules, ruleAllows } from './compiled-rule.ts';
import type { RuleQuestion } from './compiled-rule.ts';
import { covers } from './covers.ts';
import type { PolicyRule } from './objects.ts';

const rule = (verbs: string, resources: string, more: Partial<PolicyRule> = {}): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: [''],
  resources: resources.split(' '),
  ...more,
});
const paths = (...nonResourceURLs: string[]): PolicyRule => ({ verbs: ['get'], nonResourceURLs });
const missing = (own: readonly PolicyRule[], wanted: readonly PolicyRule[]) => covers(own, wanted).missing;

describe('rules cover others', () => {
  it.each<[string, PolicyRule[], PolicyRule[]]>([
    ['that say the same', [rule('get', 'a')], [rule('get', 'a')]],
    ['that say less', [rule('get list', 'a b')], [rule('get', 'b')]],
    ['together', [rule('get', 'a'), rule('list', 'a')], [rule('get list', 'a')]],
    ['by stars', [rule('*', '*', { apiGroups: ['*'] })], [rule('x y', 'a a/b', { apiGroups: ['c'] })]],
    ['by a star over sub-resources', [rule('get', '*/scale')], [rule('get', 'a/scale')]],
    ['that name objects', [rule('get', 'a')], [rule('get', 'a', { resourceNames: ['n'] })]],
    ['by names', [rule('get', 'a', { resourceNames: ['n', 'm'] })], [rule('get', 'a', { resourceNames: ['m'] })]],
    ['about paths', [paths('/a/*', '/b')], [paths('/a/x', '/b', '/a/*')]],
    ['that say nothing', [], [rule('get', 'a', { resources: [] }), { verbs: ['get'] }]],
  ])('%s', (_, own, wanted) => {
    expect(covers(own, wanted)).toEqual({ missing: [], tooLarge: false });
  });
  it.each<[string, PolicyRule[], PolicyRule[], PolicyRule[]]>([
    ['a verb', [rule('get', 'a')], [rule('get list', 'a')], [rule('list', 'a')]],
    ['all verbs', [rule('get', 'a')], [rule('*', 'a')], [rule('*', 'a')]],
    ['a resource', [rule('get', 'a')], [rule('get', 'a b')], [rule('get', 'b')]],
    ['a sub-resource', [rule('get', 'a')], [rule('get', 'a/b')], [rule('get', 'a/b')]],
    [
      'objects beside those named',
      [rule('get', 'a', { resourceNames: ['n'] })],
      [rule('get', 'a')],
      [rule('get', 'a')],
    ],
    [
      'a name',
      [rule('get', 'a', { resourceNames: ['n'] })],
      [rule('get', 'a', { resourceNames: ['n', 'm'] })],
      [rule('get', 'a', { resourceNames: ['m'] })],
    ],
    ['a path', [paths('/a')], [paths('/a/b', '/a')], [paths('/a/b')]],
    ['all paths', [paths('/a/*')], [paths('*')], [paths('*')]],
  ])('or lack %s', (_, own, wanted, lack) => {
    expect(missing(own, wanted)).toEqual(lack);
  });
});

describe('rules without end', () => {
  const many = Array.from({ length: 1000 }, (_, n) => `x${n}`);
  it('are given up, not compared for minutes', () => {
    const huge = { verbs: many, apiGroups: many, resources: many, resourceNames: many };
    expect(covers([rule('get', 'a')], [huge])).toEqual({ missing: [], tooLarge: true });
  });
  it('are given up on either side', () => {
    const wide = { verbs: many, apiGroups: [''], resources: many };
    const texts = Array.from({ length: 20_000 }, (_, n) => `y${n}`);
    expect(covers([{ verbs: texts, apiGroups: [''], resources: texts }], [wide])).toEqual({
      missing: [],
      tooLarge: true,
    });
  });
  it('are fine where one rule covers them', () => {
    const huge = { verbs: many, apiGroups: many, resources: many };
    expect(covers([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }], [huge])).toEqual({
      missing: [],
      tooLarge: false,
    });
  });
});

describe('what is covered', () => {
  it('never allows more than what covers it (2,000 random sets)', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const some = (from: readonly string[], least = 1): string[] =>
      Array.from({ length: least + random(2) }, () => from[random(from.length)] ?? '');
    const anyRule = (): PolicyRule => {
      if (random(5) === 0)
        return { verbs: some(['get', 'post', '*']), nonResourceURLs: some(['/a', '/a/*', '/a/b', '*']) };
      const names = random(3) === 0 ? { resourceNames: some(['n', 'm']) } : {};
      return {
        verbs: some(['get', 'list', '*']),
        apiGroups: some(['', 'g', '*']),
        resources: some(['a', 'b', 'a/s', '*/s', '*']),
        ...names,
      };
    };
    const allows = (rules: readonly PolicyRule[], question: RuleQuestion) =>
      compileRules(rules).some((one) => ruleAllows(one, question));
    const questions: RuleQuestion[] = [];
    for (const verb of ['get', 'list', 'post', 'x']) {
      for (const path of ['/a', '/a/b', '/c']) questions.push({ kind: 'path', verb, path });
      for (const group of ['', 'g', 'h']) {
        for (const [resource, anyParent] of [
          ['a', ''],
          ['b', ''],
          ['a/s', '*/s'],
          ['c/s', '*/s'],
        ] as const) {
          for (const name of ['', 'n', 'o'])
            questions.push({ kind: 'resource', verb, group, resource, anyParent, name });
        }
      }
    }
    let covered = 0;
    for (let round = 0; round < 2000; round += 1) {
      const own = [anyRule(), anyRule(), anyRule()];
      const wanted = [anyRule()];
      if (missing(own, wanted).length > 0) continue;
      covered += 1;
      const more = questions.filter((question) => allows(wanted, question) && !allows(own, question));
      expect(more).toEqual([]);
    }
    expect(covered).toBeGreaterThan(100);
  });
});
