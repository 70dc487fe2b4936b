import { describe, expect, it } from '@jest/globals';
import { compile } from '../compile.ts';
import { authorizerType, authorizerValue } from './authorizer.ts';
import type { AuthorizationQuestion } from './authorizer.ts';
import { kubernetesEnvironment } from './environment.ts';

function evaluate(expression: string): unknown {
  const compiled = compile(expression, kubernetesEnvironment);
  if (!compiled.ok) return compiled.text;
  const outcome = compiled.compilation.program.run({});
  return outcome.ok ? outcome.value : outcome.error.message;
}

describe('the libraries of Kubernetes', () => {
  it.each<[string, unknown]>([
    ['[1, 2, 2].isSorted()', true],
    ['[1, 3, 2].max()', 3],
    ['[].sum() == 0', true],
    ['[1, 2, 3, 2].lastIndexOf(2)', 3],
    ['[[1, 2], [3]].flatten().size()', 3],
    ['["bb", "a"].sortBy(s, s.size())[0]', 'a'],
    ['sets.contains([1, 2], [2])', true],
    ['"%s is %d, %.2f and %e".format(["x", 42, 3.14159, 1234.5])', 'x is 42, 3.14 and 1.234500×10⁰³'],
    ['"%s".format([[1, "a", 2.5]])', '[1, "a", 2.500000]'],
    ['"a1b22c333".findAll("[0-9]+", 2)[1]', '22'],
    ['url("https://[::1]:80/a%20b?x=1&x=2").getHostname()', '::1'],
    ['url("https://e.com/?x=1&x=2&y").getQuery()["x"][1]', '2'],
    ['isURL("../relative")', false],
    ['ip("2001:db8::0001") == ip("2001:db8::1")', true],
    ['isIP("127.0.0.01")', false],
    ['isIP("::ffff:1.2.3.4")', false],
    ['string(ip("2001:0:0:1:0:0:0:1"))', '2001:0:0:1::1'],
    ['cidr("10.0.0.0/8").containsIP("10.2.3.4")', true],
    ['string(cidr("10.1.2.3/8").masked())', '10.0.0.0/8'],
    ['quantity("50k").add(20).asInteger()', 50_020],
    ['quantity("1k") == quantity("1000")', true],
    ['isQuantity("1.5G i")', false],
    ['semver("1.0.0-alpha").compareTo(semver("1.0.0"))', -1],
    ['semver("v2", true).major()', 2],
    ['isSemver("v1.2")', false],
    ['format.dns1123Label().validate("fine").hasValue()', false],
    ['format.named("odd").hasValue()', false],
    ['{"a": {"b": 2}}.?a.?b.orValue(0)', 2],
    ['[1, 2, 3].transformList(i, v, i * v)[2]', 6],
    ['timestamp("2024-02-29T23:30:00Z").getDate("America/New_York")', 29],
    ['quantity("odd")', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  ])('%s', (expression, wanted) => {
    expect(evaluate(expression)).toEqual(wanted);
  });

  it('asks the authorizer what the expression spells', () => {
    const asked: AuthorizationQuestion[] = [];
    const authorizer = authorizerValue((question) => {
      asked.push(question);
      return { allowed: true, reason: 'because' };
    });
    const env = kubernetesEnvironment.extend({ variables: [{ name: 'authorizer', type: authorizerType }] });
    const text = 'authorizer.group("apps").resource("deployments").namespace("a").name("b").check("get").allowed()';
    const compiled = compile(text, env);
    expect(compiled.ok && compiled.compilation.program.run({ authorizer })).toMatchObject({
      value: true,
      cost: 350_006,
    });
    expect(asked).toEqual([{ group: 'apps', resource: 'deployments', namespace: 'a', name: 'b', verb: 'get' }]);
  });
});
