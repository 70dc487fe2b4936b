import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { ServedResource } from '@kcp/apiserver';
import type { Attributes, Authentication, Decision, Rbac } from '@kcp/auth';
import { admin, context } from '../testing/context.ts';
import { localSubjectAccessReviews, selfSubjectAccessReviews, subjectAccessReviews } from './access-reviews.ts';
import { selfSubjectReviews, tokenReviews } from './identity-reviews.ts';
import { selfSubjectRulesReviews } from './rules-review.ts';

const asked: Attributes[] = [];
const authorize = (attributes: Attributes): Decision => {
  asked.push(attributes);
  return attributes.verb === 'get' ? { kind: 'allow', reason: 'granted' } : { kind: 'noOpinion', reason: '' };
};

function ask(resource: ServedResource, raw: JsonObject): Promise<KubeObject> {
  if (!resource.answer) throw new Error('nothing is answered');
  return resource.answer(resource.decode(raw).object, context);
}

/** Awaits a refusal, thrown at once or later; gives its message. */
async function refusal(resource: ServedResource, raw: JsonObject): Promise<string> {
  try {
    await ask(resource, raw);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  throw new Error('was answered');
}

const resourceAttributes = { verb: 'get', resource: 'configmaps', namespace: 'ns' };
const access = subjectAccessReviews({ authorize, authorizeInside: () => ({ kind: 'allow', reason: 'were they in' }) });

describe('access reviews', () => {
  it('can only be created', () => {
    expect([access.verbs, access.storageVersionHash]).toEqual([['create'], undefined]);
  });

  it('ask who could, were they let in, where that is asked; never about reviews themselves', async () => {
    const deep = async (attributes: JsonObject): Promise<unknown> => {
      const { object } = access.decode({ spec: { user: 'u', resourceAttributes: attributes } });
      return (await access.answer?.(object, { ...context, isDeep: true }))?.['status'];
    };
    expect(await deep({ verb: 'delete', resource: 'configmaps' })).toEqual({ allowed: true, reason: 'were they in' });
    const reviews = { verb: 'delete', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' };
    expect(await deep(reviews)).toEqual({ allowed: false });
  });

  it('write down what each step says, where requests are recorded', async () => {
    const facts: string[] = [];
    const stepwise = subjectAccessReviews({
      authorize: ({ record }) => {
        record?.('02-content', { kind: 'noOpinion', reason: 'no verb=access permission on /' });
        return { kind: 'noOpinion', reason: 'access denied' };
      },
      authorizeInside: authorize,
    });
    const { object } = stepwise.decode({ spec: { user: 'u', resourceAttributes } });
    await stepwise.answer?.(object, context);
    expect(facts).toEqual([]);
    await stepwise.answer?.(object, { ...context, annotate: (fact, value) => facts.push(`${fact}: ${value}`) });
    expect(facts).toEqual([
      'sar.auth.kcp.io/02-content-decision: NoOpinion',
      'sar.auth.kcp.io/02-content-reason: no verb=access permission on /',
    ]);
  });

  it('ask for the user that they name, extra keys in lower case', async () => {
    const spec = { user: 'u', uid: 'x', groups: ['g'], extra: { Key: ['v'] }, resourceAttributes };
    expect(await ask(access, { spec })).toMatchObject({ spec, status: { allowed: true, reason: 'granted' } });
    expect(asked.at(-1)).toMatchObject({
      user: { name: 'u', uid: 'x', groups: ['g'], extra: { key: ['v'] } },
      resource: 'configmaps',
    });
  });

  it('about oneself ask for who asks; a path is a question too', async () => {
    const spec = { nonResourceAttributes: { path: '/x', verb: 'post' } };
    expect((await ask(selfSubjectAccessReviews(authorize), { spec }))['status']).toEqual({ allowed: false });
    expect(asked.at(-1)).toMatchObject({ kind: 'path', path: '/x', user: admin });
  });

  const neither =
    'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
  const nobody = 'spec.user: Invalid value: "": at least one of user or group must be specified';
  it.each([
    [{}, `[${neither}, ${nobody}]`],
    [{ spec: { resourceAttributes } }, nobody],
    [
      { spec: { user: 'u', resourceAttributes, nonResourceAttributes: { path: '/', verb: 'get' } } },
      'spec.nonResourceAttributes: Invalid value: {"Path":"/","Verb":"get"}: cannot be specified in combination with resourceAttributes',
    ],
    [
      { metadata: { name: 'x' }, spec: { user: 'u', resourceAttributes } },
      'metadata: Invalid value: {"name":"x"}: must be empty',
    ],
    [
      { spec: { user: 'u', resourceAttributes: { ...resourceAttributes, labelSelector: {} } } },
      'spec.resourceAttributes.labelSelector.requirements: Required value: when spec.resourceAttributes.labelSelector is specified, requirements or rawSelector is required',
    ],
  ])('%j is refused without naming a kind', async (raw, why) => {
    expect(await refusal(access, raw)).toBe(`.authorization.k8s.io "" is invalid: ${why}`);
  });

  it('say which selectors they did not look at', async () => {
    const fieldSelector = { requirements: [{ key: 'a', operator: 'Near', values: ['b'] }] };
    const spec = { user: 'u', resourceAttributes: { ...resourceAttributes, fieldSelector } };
    expect((await ask(access, { spec }))['status']).toMatchObject({
      evaluationError: 'spec.resourceAttributes.fieldSelector ignored due to parse error',
    });
  });

  it('of a namespace stay in it', async () => {
    const local = localSubjectAccessReviews(authorize);
    const spec = { user: 'u', resourceAttributes };
    expect((await ask(local, { spec })).metadata).toEqual({ namespace: 'ns' });
    expect(
      await refusal(local, { spec: { ...spec, resourceAttributes: { ...resourceAttributes, namespace: 'other' } } }),
    ).toContain('spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace');
    const path = { user: 'u', nonResourceAttributes: { path: '/', verb: 'get' } };
    expect(await refusal(local, { spec: path })).toContain('disallowed on this kind of request');
  });
});

describe('rules reviews', () => {
  const rbac: Pick<Rbac, 'rulesFor'> = {
    rulesFor: () => ({ rules: [{ verbs: ['get'], apiGroups: [''], resources: ['a'] }], problems: ['one is missing'] }),
  };
  const rules = selfSubjectRulesReviews({ ...rbac, authorize, rulesOf: () => undefined });

  it('list what one may in a namespace, and what is not known', async () => {
    expect(await ask(rules, { spec: { namespace: 'ns' } })).toMatchObject({
      spec: {},
      status: {
        resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['a'] }],
        nonResourceRules: [],
        incomplete: true,
        evaluationError: 'one is missing',
      },
    });
  });

  it('need a namespace', async () => {
    expect(await refusal(rules, {})).toBe('no namespace on request');
  });
});

describe('reviews of identities', () => {
  const found: Authentication = { kind: 'authenticated', user: { ...admin, groups: ['g'] } };
  const reviews = (authentication: Authentication) =>
    tokenReviews({ authenticate: () => authentication, audiences: ['api'] });

  it.each([
    [found, {}, { authenticated: true, user: { username: 'admin', uid: '5', groups: ['g'] }, audiences: ['api'] }],
    [found, { audiences: ['vault'] }, { authenticated: true, audiences: ['vault'] }],
    [{ kind: 'refused', why: 'expired' } as const, {}, { user: {}, error: 'expired' }],
    [{ kind: 'none' } as const, {}, { user: {}, error: 'invalid bearer token' }],
  ])('%j with %j', async (authentication, spec, status) => {
    expect((await ask(reviews(authentication), { spec: { token: 't', ...spec } }))['status']).toMatchObject(status);
  });

  it('need a token', async () => {
    expect(await refusal(reviews(found), { spec: {} })).toBe('token is required for TokenReview in authentication');
  });

  it('tell who asks, and carry no metadata back', async () => {
    expect(await ask(selfSubjectReviews(), { metadata: { name: 'mine', labels: { a: 'b' } } })).toMatchObject({
      metadata: { creationTimestamp: context.now },
      status: { userInfo: { username: 'admin', uid: '5', groups: ['system:masters'] } },
    });
  });
});
