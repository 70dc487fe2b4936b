import { describe, expect, it } from '@jest/globals';
import { invalid, type JsonObject, type KubeObject, required } from '@kcp/api-machinery';
import { compileSchema, parseSchema, type RuleSet } from '@kcp/structural-schema';
import { context } from '../testing/example-definition.ts';
import { examineRules } from './examine-rules.ts';

function rulesOf(properties: JsonObject): RuleSet {
  const { schema } = parseSchema({ type: 'object', properties });
  const rules = schema && compileSchema(schema).rules;
  if (rules === undefined) throw new Error('the schema has no rules');
  return rules;
}

function object(content: JsonObject): KubeObject {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, ...content };
}

const positive = { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 0', message: 'too small' }] };

describe('the rules of an object', () => {
  const rules = rulesOf({ n: positive });

  it('add to what is known to be wrong', async () => {
    const known = invalid('spec.x', 1, 'other');
    const errors = await examineRules(rules, { object: object({ n: 0 }), errors: [known] }, context);
    expect(errors.map(({ field }) => field)).toEqual(['spec.x', 'n']);
  });

  it('are not run on what lacks something or has the wrong type', async () => {
    const errors = await examineRules(rules, { object: object({ n: 0 }), errors: [required('spec.x')] }, context);
    expect(errors.map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'spec.x: Required value',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ]);
  });

  it('warn of what was wrong before', async () => {
    const warnings: string[] = [];
    const listening = { ...context, warn: (text: string) => void warnings.push(text) };
    const examination = { object: object({ n: 0 }), old: object({ n: 0 }), errors: [] };
    expect(await examineRules(rules, examination, listening)).toEqual([]);
    expect(warnings).toEqual(['n: Invalid value: 0: too small']);
  });

  it('let others have their turn while a large object is examined', async () => {
    const large = rulesOf({ list: { type: 'array', items: positive } });
    const list = Array.from({ length: 100_000 }, () => 1);
    let turns = 0;
    let done = false;
    const others = (): void => {
      turns += 1;
      if (!done) setImmediate(others);
    };
    setImmediate(others);
    const errors = await examineRules(large, { object: object({ list }), errors: [] }, context);
    done = true;
    expect(errors).toEqual([]);
    expect(turns).toBeGreaterThan(1);
  });
});
