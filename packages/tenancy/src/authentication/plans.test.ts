import { describe, expect, it } from '@jest/globals';
import type { Json, KubeObject } from '@kcp/api-machinery';
import { plansOf } from './plans.ts';

const configuration = (...jwt: readonly Json[]): KubeObject => ({
  apiVersion: 'tenancy.kcp.io/v1alpha1',
  kind: 'WorkspaceAuthenticationConfiguration',
  metadata: { name: 'c' },
  spec: { jwt },
});
const issuer = (
  url: string,
  username: Json = { claim: 'sub', prefix: 'x:' },
  audiences: readonly string[] = ['a'],
) => ({
  issuer: { url, audiences },
  claimMappings: { username },
});
const urls = (object: KubeObject) =>
  plansOf(object, ['https://own']).plans.map((plan) => plan.configuration.issuer.url);

describe('the issuers of a configuration', () => {
  it('are those that can be believed', () => {
    const object = configuration(issuer('https://one'), issuer('https://two', { expression: "'x:' + claims.sub" }));
    expect(plansOf(object, []).problems).toEqual([]);
    expect(urls(object)).toEqual(['https://one', 'https://two']);
  });
  it('do not take each other along where one is no good', () => {
    const bad = [
      issuer('http://plain'),
      issuer('https://own'),
      issuer('https://x', { expression: 'concat(claims)' }),
      issuer('https://nobody', { claim: 'sub', prefix: '' }, []),
    ];
    const object = configuration(...bad, issuer('https://good'));
    expect(urls(object)).toEqual(['https://good']);
    expect(plansOf(object, ['https://own']).problems).toEqual([
      'spec.jwt[0].issuer.url: Invalid value: "http://plain": URL scheme must be https',
      'spec.jwt[1].issuer.url: Invalid value: "https://own": URL must not overlap with disallowed issuers: [https://own]',
      expect.stringMatching(
        /^spec\.jwt\[2\]\.claimMappings\.username\.expression: Invalid value: .*compilation failed/s,
      ),
      expect.stringMatching(/^spec\.jwt\[3\]\.issuer\.audiences: Required value/),
    ]);
  });
  it('count once each', () => {
    const object = configuration(issuer('https://one'), issuer('https://one', { claim: 'email', prefix: '' }));
    const { plans, problems } = plansOf(object, []);
    expect(plans.map((plan) => plan.configuration.claimMappings.username.claim)).toEqual(['sub']);
    expect(problems).toEqual(['spec.jwt[1].issuer.url: Duplicate value: "https://one"']);
  });
  it('are none where what is written is no list of issuers', () => {
    const odd = { ...configuration(), spec: { jwt: ['x', { issuer: 5 }] } };
    expect(plansOf(odd, [])).toEqual({
      plans: [],
      problems: ['spec.jwt[0]: must be an object', 'spec.jwt[1].issuer: must be an object'],
    });
    expect(plansOf({ ...configuration(), spec: {} }, [])).toEqual({ plans: [], problems: [] });
  });
  it('are bounded, in number and in size', () => {
    const many = Array.from({ length: 70 }, (_, at) => issuer(`https://i${at}`));
    expect(urls(configuration(...many))).toHaveLength(64);
    expect(plansOf(configuration(...many), []).problems).toEqual(['spec.jwt: Too many: 70: only the first 64 count']);
    const long = configuration(issuer('https://one', { expression: `'${'x'.repeat(70_000)}'` }));
    expect(plansOf(long, [])).toEqual({ plans: [], problems: [expect.stringContaining('spec.jwt: Too long')] });
  });
});
