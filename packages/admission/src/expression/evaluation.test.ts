import { describe, expect, it } from '@jest/globals';
import { types } from '@kcp/cel';
import { RequestAuthorizer } from '../matching/request-authorizer.ts';
import { admissionAttributes } from '../testing/admission-attributes.ts';
import { Effort, OutOfBudget } from './effort.ts';
import { expressionEnvironment } from './environment.ts';
import { Evaluation } from './evaluation.ts';
import { compileExpression, type Expression } from './expression.ts';

const variableTypes = new Map(['a', 'b', 'broken', 'wrong'].map((name) => [name, types.dyn]));
const env = expressionEnvironment({ params: false, authorizer: true, variables: variableTypes });
const compiled = (text: string): Expression => compileExpression(text, env, 'any');
const costly = 'lists.range(300).all(x, lists.range(300).all(y, x + y >= 0))';

function evaluation(options: { readonly budget?: number; readonly effort?: Effort } = {}): Evaluation {
  const variables = new Map(
    Object.entries({
      a: 'object.size',
      b: 'variables.a + 1',
      broken: 'object.none',
      wrong: 'nobody.knows',
      costly,
    }).map(([name, text]) => [name, compiled(text)]),
  );
  const authorizer = new RequestAuthorizer(admissionAttributes(), () => ({ kind: 'allow', reason: '' }));
  const inputs = { object: 41, oldObject: null, request: null, namespaceObject: null, params: null };
  return new Evaluation({
    inputs: { ...inputs, object: compiledValue('{"size": 41}') },
    authorizer,
    variables,
    budget: options.budget ?? 1_000_000,
    effort: options.effort ?? new Effort(),
  });
}

function compiledValue(text: string) {
  const expression = compiled(text);
  const outcome = expression.ok ? expression.program.run({}) : undefined;
  if (!outcome?.ok) throw new Error(text);
  return outcome.value;
}

async function result(text: string): Promise<unknown> {
  const found = await evaluation().run(compiled(text));
  return found.ok ? found.value : found.message;
}

describe('an evaluation', () => {
  it('computes with variables, which may use each other', async () => {
    expect(await result('variables.b')).toBe(42);
    expect(await result('has(variables.a)')).toBe(true);
  });

  it('tells what failed: the expression, or the variable in it', async () => {
    expect(await result('object.none')).toBe("expression 'object.none' resulted in error: no such key: none");
    expect(await result('variables.broken')).toBe(
      `expression 'variables.broken' resulted in error: composited variable "broken" fails to evaluate: no such key: none`,
    );
    expect(await result('variables.wrong')).toMatch(/composited variable "wrong" fails to compile: compilation failed/);
    expect(await result('nobody.knows')).toMatch(/^compilation error: compilation failed: ERROR: <input>:1:1/);
    expect(await result('variables.broken == 1 || true')).toBe(true);
  });

  it('pays for a variable once, and for it as for everything', async () => {
    const one = evaluation();
    const types2 = new Map([...variableTypes, ['costly', types.bool] as const]);
    const read = compileExpression(
      'variables.costly',
      expressionEnvironment({ params: false, authorizer: true, variables: types2 }),
      'any',
    );
    await one.run(read);
    const first = 1_000_000 - one.budget;
    await one.run(read);
    expect(first).toBeGreaterThan(300_000);
    expect(1_000_000 - one.budget - first).toBeLessThan(10);
    await expect(evaluation({ budget: 1000 }).run(read)).rejects.toThrow(OutOfBudget);
  });

  it('shares what it costs with the others of the request', async () => {
    const effort = new Effort(2_000_000);
    const run = async (): Promise<void> => void (await evaluation({ effort }).run(compiled(costly)));
    await run();
    await run();
    await expect(
      (async () => {
        for (let at = 0; at < 8; at += 1) await run();
      })(),
    ).rejects.toThrow(OutOfBudget);
  });
});

describe('a costly expression', () => {
  const variables = new Map([...variableTypes, ['costly', types.bool] as const]);
  const withCostly = expressionEnvironment({ params: false, authorizer: true, variables });

  it.each([
    ['itself', costly],
    ['by a variable that it reads', 'variables.costly && variables.b == 42'],
    ['by a variable that a loop reads', '[1, 2].all(x, variables.costly)'],
  ])('holds nobody up: %s', async (_name, text) => {
    let turns = 0;
    let waiting: NodeJS.Immediate;
    const count = (): void => {
      turns += 1;
      waiting = setImmediate(count);
    };
    waiting = setImmediate(count);
    const found = await evaluation({ budget: 10_000_000 }).run(compileExpression(text, withCostly, 'any'));
    clearImmediate(waiting);
    expect(found).toEqual({ ok: true, value: true });
    expect(turns).toBeGreaterThan(0);
  });
});
