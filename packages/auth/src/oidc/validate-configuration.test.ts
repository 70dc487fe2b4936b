import { describe, expect, it } from '@jest/globals';
import type { Json } from '@kcp/api-machinery';
import { decodeAuthenticationConfiguration } from './decode-configuration.ts';
import { checkAuthenticationConfiguration } from './validate-configuration.ts';

const configuration = (more: object): Json => ({
  apiVersion: 'apiserver.config.k8s.io/v1beta1',
  kind: 'AuthenticationConfiguration',
  ...more,
});
const good = {
  issuer: { url: 'https://a.example', audiences: ['x'] },
  claimMappings: { username: { claim: 'sub', prefix: '' } },
};
const errors = (jwt: readonly object[], more: object = {}): readonly string[] =>
  checkAuthenticationConfiguration(decodeAuthenticationConfiguration(configuration({ jwt, ...more })), [
    'https://kcp.default.svc',
  ]).errors.map(({ field, message }) => `${field}: ${message}`);
const issuer = (more: object): object => ({ ...good, issuer: { ...good.issuer, ...more } });
const mappings = (more: object): object => ({ ...good, claimMappings: { ...good.claimMappings, ...more } });

describe('a configuration', () => {
  it('that says enough is taken', () => {
    expect(errors([good])).toEqual([]);
    expect(errors([])).toEqual([]);
    expect(
      errors([
        { ...good, issuer: { ...good.issuer, discoveryURL: 'https://a.example/d', audienceMatchPolicy: 'MatchAny' } },
      ]),
    ).toEqual([]);
  });
  it('has at most 64 issuers, each once', () => {
    expect(errors(Array.from({ length: 65 }, () => good))).toEqual(['jwt: Too many: 65: must have at most 64 items']);
    expect(errors([good, good])).toEqual(['jwt[1].issuer.url: Duplicate value: "https://a.example"']);
    const discoveryURL = 'https://d.example';
    expect(errors([issuer({ discoveryURL }), issuer({ url: 'https://b.example', discoveryURL })])).toEqual([
      'jwt[1].issuer.discoveryURL: Duplicate value: "https://d.example"',
    ]);
  });
  it('makes nobody anonymous on some paths only where nobody may be anonymous', () => {
    const anonymous = { enabled: false, conditions: [{ path: '/livez' }] };
    expect(errors([], { anonymous })).toEqual([
      'anonymous.conditions: Invalid value: [{"path":"/livez"}]: enabled should be set to true when conditions are defined',
    ]);
  });
});

describe('an issuer', () => {
  const at = 'jwt[0].issuer';
  it.each([
    [{ url: '' }, `${at}.url: Required value`],
    [{ url: 'http://a' }, `${at}.url: Invalid value: "http://a": URL scheme must be https`],
    [
      { url: 'https://u:p@a' },
      `${at}.url: Invalid value: "https://u:p@a": URL must not contain a username or password`,
    ],
    [{ url: 'https://a?b=c' }, `${at}.url: Invalid value: "https://a?b=c": URL must not contain a query`],
    [{ url: 'https://a#b' }, `${at}.url: Invalid value: "https://a#b": URL must not contain a fragment`],
    [{ url: 'a.example' }, `${at}.url: Invalid value: "a.example": URL scheme must be https`],
    [
      { url: 'https://kcp.default.svc' },
      `${at}.url: Invalid value: "https://kcp.default.svc": URL must not overlap with disallowed issuers: [https://kcp.default.svc]`,
    ],
    [
      { discoveryURL: 'https://a.example/' },
      `${at}.discoveryURL: Invalid value: "https://a.example/": discoveryURL must be different from URL`,
    ],
    [{ discoveryURL: 'http://d' }, `${at}.discoveryURL: Invalid value: "http://d": URL scheme must be https`],
    [{ audiences: [] }, `${at}.audiences: Required value: at least one ${at}.audiences is required`],
    [{ audiences: [''] }, `${at}.audiences[0]: Required value`],
    [{ audiences: ['a', 'a'], audienceMatchPolicy: 'MatchAny' }, `${at}.audiences[1]: Duplicate value: "a"`],
    [
      { audiences: ['a', 'b'] },
      `${at}.audienceMatchPolicy: Invalid value: "": audienceMatchPolicy must be MatchAny for multiple audiences`,
    ],
    [
      { audienceMatchPolicy: 'All' },
      `${at}.audienceMatchPolicy: Invalid value: "All": audienceMatchPolicy must be empty or MatchAny for single audience`,
    ],
    [
      { certificateAuthority: 'x' },
      `${at}.certificateAuthority: Invalid value: "<omitted>": data does not contain any valid RSA or ECDSA certificates`,
    ],
    [{ egressSelectorType: 'cluster' }, expect.stringContaining('egress selector is not supported')],
  ])('%j is refused', (wrong, message) => {
    expect(errors([issuer(wrong)])).toEqual([message]);
  });
});

describe('a mapping', () => {
  const at = 'jwt[0].claimMappings';
  it.each([
    [{ username: {} }, `${at}.username: Required value: claim or expression is required`],
    [
      { username: { claim: 'a', prefix: '', expression: 'b' } },
      `${at}.username: Invalid value: "": claim and expression can't both be set`,
    ],
    [
      { username: { claim: 'a' } },
      `${at}.username.prefix: Required value: prefix is required when claim is set. It can be set to an empty string to disable prefixing`,
    ],
    [
      { username: { expression: 'claims.sub', prefix: 'x' } },
      `${at}.username.prefix: Invalid value: "x": may not be specified when expression is set`,
    ],
    [{ username: { expression: 'claims.email' } }, expect.stringContaining('claims.email_verified must be used in')],
    [{ groups: { claim: 'g' } }, expect.stringContaining(`${at}.groups.prefix: Required value`)],
    [{ uid: { claim: 'a', expression: 'b' } }, `${at}.uid: Invalid value: "": claim and expression can't both be set`],
    [
      { uid: { expression: 'nobody.x' } },
      expect.stringContaining(
        `${at}.uid.expression: Invalid value: "nobody.x": compilation failed: ERROR: <input>:1:1: undeclared reference to 'nobody'`,
      ),
    ],
    [{ extra: [{ key: '', valueExpression: "'a'" }] }, `${at}.extra[0].key: Required value`],
    [
      { extra: [{ key: 'foo', valueExpression: "'a'" }] },
      `${at}.extra[0].key: Invalid value: "foo": must be a domain-prefixed path (such as "acme.io/foo")`,
    ],
    [
      { extra: [{ key: 'a.io/Foo', valueExpression: "'a'" }] },
      `${at}.extra[0].key: Invalid value: "a.io/Foo": must be lowercase`,
    ],
    [
      { extra: [{ key: 'x.k8s.io/a', valueExpression: "'a'" }] },
      expect.stringContaining('are reserved for Kubernetes use'),
    ],
    [{ extra: [{ key: 'a.io/a', valueExpression: '' }] }, `${at}.extra[0].valueExpression: Required value`],
    [
      {
        extra: [
          { key: 'a.io/a', valueExpression: "'a'" },
          { key: 'a.io/a', valueExpression: "'b'" },
        ],
      },
      `${at}.extra[1].key: Duplicate value: "a.io/a"`,
    ],
  ])('%j is refused', (wrong, message) => {
    expect(errors([mappings(wrong)])).toEqual([message]);
  });
  it.each([
    { username: { expression: 'claims.?email_verified.orValue(true) ? claims.email : claims.sub' } },
    {
      username: { expression: 'claims.email' },
      extra: [{ key: 'a.io/v', valueExpression: 'string(claims.email_verified)' }],
    },
    {
      username: {
        expression:
          "has(claims.email) && claims['email_verified'] == true ? claims.sub : claims.sub + claims.email_verified.x",
      },
    },
  ])('%j looks at whether the address is verified', (fine) => {
    expect(errors([mappings(fine)])).toEqual([]);
  });
});

describe('a rule', () => {
  const at = 'jwt[0].claimValidationRules';
  it.each([
    [[{}], `${at}[0]: Required value: claim or expression is required`],
    [[{ claim: 'a', expression: 'b' }], `${at}[0]: Invalid value: "a": claim and expression can't both be set`],
    [[{ claim: 'a', message: 'm' }], `${at}[0].message: Invalid value: "m": may not be specified when claim is set`],
    [[{ claim: 'a' }, { claim: 'a' }], `${at}[1].claim: Duplicate value: "a"`],
    [
      [{ expression: 'true', requiredValue: 'x' }],
      `${at}[0].requiredValue: Invalid value: "x": may not be specified when expression is set`,
    ],
    [[{ expression: 'true' }, { expression: 'true' }], `${at}[1].expression: Duplicate value: "true"`],
    [[{ expression: "'x'" }], `${at}[0].expression: Invalid value: "'x'": must evaluate to bool`],
    [[{ expression: 'claims.a' }], `${at}[0].expression: Invalid value: "claims.a": must evaluate to bool`],
  ])('about claims %j is refused', (claimValidationRules, message) => {
    expect(errors([{ ...good, claimValidationRules }])).toEqual([message]);
  });
  it('about users knows a user’s fields', () => {
    const rules = (...expressions: string[]) =>
      errors([{ ...good, userValidationRules: expressions.map((expression) => ({ expression })) }]);
    expect(
      rules(
        "user.username != ''",
        "user.groups.all(g, !g.startsWith('system:'))",
        "'a' in user.extra",
        "user.uid == ''",
      ),
    ).toEqual([]);
    expect(rules('')).toEqual(['jwt[0].userValidationRules[0].expression: Required value']);
    expect(rules('true', 'true')).toEqual(['jwt[0].userValidationRules[1].expression: Duplicate value: "true"']);
    expect(rules('user.name == ""')[0]).toContain("undefined field 'name'");
  });
});

describe('the file', () => {
  const decoded = (value: unknown) => () => decodeAuthenticationConfiguration(value as Json);
  it.each([
    [null, 'the document: must be an object'],
    [{}, 'no kind "" in version "" is known'],
    [configuration({ kind: 'Other' }), 'no kind "Other"'],
    [configuration({ apiVersion: 'apiserver.config.k8s.io/v7' }), 'v7'],
    [configuration({ jwtt: [] }), 'strict decoding error: unknown field "jwtt"'],
    [configuration({ jwt: [{ issuer: { uri: '' } }] }), 'strict decoding error: unknown field "jwt[0].issuer.uri"'],
    [configuration({ jwt: {} }), 'jwt: must be a list'],
    [configuration({ jwt: [{ issuer: 'x' }] }), 'jwt[0].issuer: must be an object'],
    [configuration({ jwt: [{ issuer: { url: 7 } }] }), 'jwt[0].issuer.url: must be a string'],
    [configuration({ jwt: [{ issuer: { audiences: [1] } }] }), 'jwt[0].issuer.audiences[0]: must be a string'],
    [configuration({ anonymous: { enabled: 'yes' } }), 'anonymous.enabled: must be true or false'],
  ])('%j is refused by name', (value, why) => {
    expect(decoded(value)).toThrow(why);
  });
  it('may be of any version that upstream has', () => {
    for (const version of ['v1', 'v1beta1', 'v1alpha1'])
      expect(
        decodeAuthenticationConfiguration(configuration({ apiVersion: `apiserver.config.k8s.io/${version}` })),
      ).toEqual({ jwt: [] });
  });
});
