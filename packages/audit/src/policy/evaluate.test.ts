import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { evaluator } from './evaluate.ts';
import type { AuditedAttributes } from './fits.ts';
import { parsePolicy } from './parse-policy.ts';

const policy = (rules: readonly JsonObject[], rest: JsonObject = {}) =>
  evaluator(parsePolicy({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules, ...rest }));
/** The level of a request by a policy whose only rule has these parts. */
const fits = (rule: JsonObject, request: AuditedAttributes): boolean =>
  policy([{ level: 'Metadata', ...rule }])(request).level === 'Metadata';

const user = { name: 'tim', groups: ['humans', 'system:authenticated'] };
const get = (changes: Partial<Extract<AuditedAttributes, { kind: 'resource' }>> = {}): AuditedAttributes => ({
  kind: 'resource',
  verb: 'get',
  user,
  group: '',
  version: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'default',
  name: 'busybox',
  ...changes,
});
const path = (url: string): AuditedAttributes => ({ kind: 'path', verb: 'get', user, path: url });
const log = get({ subresource: 'log' });
const node = get({ resource: 'nodes', namespace: '' });

describe('a rule', () => {
  it.each<[string, JsonObject, AuditedAttributes, boolean]>([
    ['nothing', {}, get(), true],
    ['nothing', {}, path('/logs'), true],
    ['a user', { users: ['bob', 'tim'] }, get(), true],
    ['another user', { users: ['bob'] }, get(), false],
    ['a group', { userGroups: ['robots', 'humans'] }, get(), true],
    ['another group', { userGroups: ['robots'] }, path('/logs'), false],
    ['a verb', { verbs: ['get'] }, path('/logs'), true],
    ['another verb', { verbs: ['list'] }, get(), false],
    ['a namespace', { namespaces: ['default'] }, get(), true],
    ['another namespace', { namespaces: ['kube-system'] }, get(), false],
    ['no namespace', { namespaces: [''] }, node, true],
    ['no namespace', { namespaces: [''] }, get(), false],
    ['no namespace', { namespaces: [''] }, path('/logs'), false],
    ['every resource of a group', { resources: [{ group: '' }] }, log, true],
    ['another group of resources', { resources: [{ group: 'apps' }] }, get(), false],
    ['all groups', { resources: [{ group: '*' }] }, get({ group: 'apps' }), true],
    ['a resource', { resources: [{ resources: ['pods'] }] }, get(), true],
    ['a resource, asked for its part', { resources: [{ resources: ['pods'] }] }, log, false],
    ['a part', { resources: [{ resources: ['pods/log'] }] }, log, true],
    ['a part, asked for the whole', { resources: [{ resources: ['pods/log'] }] }, get(), false],
    ['everything', { resources: [{ resources: ['*'] }] }, log, true],
    ['all parts of that name', { resources: [{ resources: ['*/log'] }] }, log, true],
    ['all parts of that name', { resources: [{ resources: ['*/log'] }] }, get(), false],
    ['a resource and its parts', { resources: [{ resources: ['pods/*'] }] }, log, true],
    ['a resource and its parts', { resources: [{ resources: ['pods/*'] }] }, get(), true],
    ['parts of another resource', { resources: [{ resources: ['nodes/*'] }] }, log, false],
    ['a name', { resources: [{ resources: ['pods'], resourceNames: ['busybox'] }] }, get(), true],
    ['another name', { resources: [{ resources: ['*'], resourceNames: ['other'] }] }, get(), false],
    ['resources', { resources: [{ group: '*' }] }, path('/logs'), false],
    ['a path', { nonResourceURLs: ['/logs'] }, path('/logs'), true],
    ['a path, asked for what is below', { nonResourceURLs: ['/logs'] }, path('/logs/a'), false],
    ['paths below', { nonResourceURLs: ['/logs/*'] }, path('/logs/a/b'), true],
    ['paths that begin so', { nonResourceURLs: ['/lo*'] }, path('/logs'), true],
    ['all paths', { nonResourceURLs: ['*'] }, path('/logs'), true],
    ['all paths', { nonResourceURLs: ['*'] }, get(), false],
  ])('about %s: %j', (_, rule, request, expected) => {
    expect(fits(rule, request)).toBe(expected);
  });
});

describe('a policy', () => {
  it('goes by the first rule that fits', () => {
    const evaluate = policy([
      { level: 'None', users: ['tim'], verbs: ['watch'] },
      { level: 'RequestResponse', users: ['tim'] },
      { level: 'Metadata' },
    ]);
    expect(evaluate(get()).level).toBe('RequestResponse');
    expect(evaluate(get({ verb: 'watch' })).level).toBe('None');
    expect(evaluate(get({ user: { name: '', groups: [] } })).level).toBe('Metadata');
  });
  it('records nothing where no rule fits', () => {
    expect(policy([{ level: 'Metadata', users: ['bob'] }])(get()).level).toBe('None');
  });
  it('leaves out the stages of the policy and of the rule', () => {
    const evaluate = policy([{ level: 'Metadata', omitStages: ['RequestReceived'] }], { omitStages: ['Panic'] });
    expect([...evaluate(get()).omitStages].sort()).toEqual(['Panic', 'RequestReceived']);
  });
  it('lets a rule say otherwise about managed fields', () => {
    const evaluate = policy([{ level: 'Request', verbs: ['get'], omitManagedFields: false }, { level: 'Request' }], {
      omitManagedFields: true,
    });
    expect(evaluate(get()).omitManagedFields).toBe(false);
    expect(evaluate(get({ verb: 'list' })).omitManagedFields).toBe(true);
  });
});
