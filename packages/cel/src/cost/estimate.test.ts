import { describe, expect, it } from '@jest/globals';
import { compile } from '../compile.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';
import { declareSchema } from '../schema/declare.ts';
import type { Schema } from '../schema/schema.ts';
import { declaredSizes } from '../schema/size.ts';
import { estimateCost } from './estimate.ts';

/** The most that an expression over a value of the schema may cost. */
function estimate(schema: Schema, expression: string): number {
  const provider = declareSchema(schema, 'Self', false);
  const { root } = provider;
  if (root === undefined) throw new Error('the schema declares no type');
  const env = kubernetesEnvironment.extend({ provider, variables: [{ name: 'self', type: root.type }] });
  const compiled = compile(expression, env);
  if (!compiled.ok) throw new Error(compiled.text);
  const { expr, checked } = compiled.compilation;
  if (checked === undefined) throw new Error(`${expression} was not checked`);
  return estimateCost(expr, checked, declaredSizes(root)).max;
}

const text: Schema = { type: 'string', maxLength: 317 };

const labels: Schema = {
  type: 'object',
  maxProperties: 10,
  additionalProperties: { type: 'string', maxLength: 380 },
};

const rows: Schema = {
  type: 'array',
  maxItems: 20,
  items: {
    type: 'object',
    properties: {
      n: { type: 'string', maxLength: 50 },
      l: { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 9 } },
    },
  },
};

// The numbers are those of k8s.io/apiextensions-apiserver v0.36.0 (CompilationResult.MaxCost) for the same schemas and rules.
describe('the most that an expression may cost', () => {
  it.each([
    ['self.split("/", 2)[0].matches("^[a-z]+$")', 510],
    ['self.split("/")[0].size() > 1', 258],
    ['self.split("/").all(x, x.matches("^[a-z]+$"))', 327400],
    ['self.split(",").map(x, x.trim()).all(x, x.startsWith("a"))', 184127],
    ['self.split(",").exists(x, self.split(",").exists(y, x == y))', 214170528],
    ['[self, "a"][0].matches("a+")', 139],
    ['["a","bb"].all(x, x.matches("a+"))', 273],
    ['{"a": self}["a"].matches("a+")', 159],
    ['{"a": "b"}.all(k, k.matches("a+"))', 162],
    ['self.find("a+").matches("b")', 255],
    ['self.findAll("a+")[0].matches("b")', 256],
    ['self.split("/").filter(x, x != "").size() > 0', 18020],
    ['dyn(self).matches("a+")', 129],
    ['(self == "a" ? self.split("/") : ["x"])[0].matches("a")', 385],
    ['self.split("/") + ["a"] == ["b"]', 277],
    ['(self.split("/") + ["a"])[0].matches("b")', 394],
    ['quantity(self).isInteger()', 129],
    ['self.split(",").transformList(i, v, v + "a").size() > 0', 177788],
    ['"a" in self.split(",")', 1523],
    ['sets.contains(self.split(","), ["a"])', 1534],
    ['self.replace("a", "bb").matches("c")', 509],
  ])('over a text: %s costs %d', (expression, cost) => {
    expect(estimate(text, expression)).toBe(cost);
  });

  it.each([
    ['self.all(k, k.split("/", 2)[0].matches("^[a-z]+$"))', 92],
    ['self.all(k, self[k].matches("^[a-z]+$"))', 3122],
    ['self.all(k, self[k].split(",").all(x, x.matches("a")))', 94312],
    ['self.map(k, self[k])[0].matches("a")', 316],
    ['self.all(k, v, v.matches("a"))', 1572],
    ['self.transformMap(k, v, v + "a")["a"].matches("b")', 1605],
    ['self.exists(k, self.exists(j, self[j].split(":")[0] == k))', 31362],
  ])('over a map: %s costs %d', (expression, cost) => {
    expect(estimate(labels, expression)).toBe(cost);
  });

  it.each([
    ['self.map(x, x.n)[0].matches("a")', 314],
    ['self.map(x, x.n).all(n, n.matches("a"))', 433],
    ['self.all(x, x.n.split(",").all(y, y.matches("z")))', 28922],
    ['self.map(x, x.l)[0][1].matches("a")', 295],
    ['self.filter(x, has(x.l)).map(x, x.l).all(l, l.all(z, z.matches("q")))', 2684],
    ['self[0].l[1].matches("a")', 8],
    ['self.exists_one(x, x.n.split("/")[0] == "a")', 923],
    ['self.map(x, has(x.n), x.n)[0].matches("a")', 334],
  ])('over a list of objects: %s costs %d', (expression, cost) => {
    expect(estimate(rows, expression)).toBe(cost);
  });

  it('is endless where nothing says how large what is computed can be', () => {
    expect(estimate({ type: 'string' }, 'self.split("/").all(x, self.split("/").exists(y, x == y))')).toBeGreaterThan(
      1e12,
    );
  });
});
