import { describe, expect, it } from '@jest/globals';
import type { JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { inlineOffload, type Offload } from '@kcp/apiserver';
import { context, created, exampleBody, exampleVersion } from '../testing/example-definition.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import { DefinitionChecks, isHeavy } from './definition-checks.ts';
import { definitionStrategy } from './definition-strategy.ts';
import { schemaFaults } from './non-structural.ts';
import { validateDefinition, validateDefinitionUpdate } from './validate-definition.ts';

/** Counts what is done elsewhere. */
class Counting implements Offload {
  readonly jobs: string[] = [];
  readonly #inline = inlineOffload();
  readonly run: Offload['run'] = (job, ...rest) => {
    this.jobs.push(job.name);
    return this.#inline.run(job, ...rest);
  };
}

function heavy(more: JsonObject = {}): CustomResourceDefinition {
  const fields: MutableJsonObject = {};
  for (let at = 0; at < 2_000; at += 1) fields[`field${at}`] = { type: 'string', description: 'a field' };
  return created(
    exampleBody(({ spec }) => {
      spec['versions'] = [exampleVersion('v1', { ...fields, ...more }, { storage: true })];
    }),
  );
}

function withNames(definition: CustomResourceDefinition, plural: string): CustomResourceDefinition {
  const { spec } = definition;
  return { ...definition, spec: { ...spec, names: { ...spec.names, plural } } };
}

const wrong = heavy({ wrong: { type: 'text' }, bad: {} });
const good = heavy({ odd: { type: 'string', format: 'odd' } });

describe('the checks of a heavy definition', () => {
  it('find what they find at once', async () => {
    const strategy = definitionStrategy(new DefinitionChecks(inlineOffload()));
    expect([isHeavy(good.spec), isHeavy(created(exampleBody()).spec)]).toEqual([true, false]);
    const errors = validateDefinition(wrong);
    expect(errors.length).toBeGreaterThan(1);
    expect(strategy.validateCreate?.(wrong, context)).toEqual([]);
    expect(await strategy.examineCreate?.(wrong, context, [])).toEqual(errors);
    expect(strategy.validateUpdate?.(wrong, good, context)).toEqual([]);
    expect(await strategy.examineUpdate?.(wrong, good, context)).toEqual(validateDefinitionUpdate(wrong, good));
    const renamed = withNames(good, 'others');
    expect(await strategy.examineUpdate?.(renamed, good, context)).toEqual(validateDefinitionUpdate(renamed, good));
  });

  it('are made elsewhere for many rules, or long ones', () => {
    const withRules = (...rules: readonly string[]): CustomResourceDefinition => {
      const field = { type: 'string', maxLength: 9, 'x-kubernetes-validations': rules.map((rule) => ({ rule })) };
      return created(
        exampleBody(({ spec }) => {
          spec['versions'] = [exampleVersion('v1', { field }, { storage: true })];
        }),
      );
    };
    const weights = [['true'], Array.from({ length: 40 }, () => 'true'), [`self != "${'x'.repeat(4_000)}"`]];
    expect(weights.map((rules) => isHeavy(withRules(...rules).spec))).toEqual([false, true, true]);
  });

  it('tell warnings where nothing is wrong', async () => {
    const strategy = definitionStrategy(new DefinitionChecks(inlineOffload()));
    const told: string[] = [];
    const listening = { ...context, warn: (text: string) => void told.push(text) };
    expect(await strategy.examineCreate?.(good, listening, [])).toEqual([]);
    expect(told).toEqual(['unrecognized format "odd"']);
    expect(strategy.warningsOnCreate?.(good)).toEqual([]);
    expect(await strategy.examineUpdate?.(withNames(good, 'widgets'), good, listening)).toEqual([]);
    expect(told).toHaveLength(1);
  });

  it('are done once for equal specs, whoever has them', async () => {
    const offload = new Counting();
    const checks = new DefinitionChecks(offload);
    const strategy = definitionStrategy(checks);
    for (let times = 0; times < 3; times += 1) await strategy.examineCreate?.(good, context, []);
    expect(await checks.schemaFaults(good, 'other')).toEqual([]);
    expect(offload.jobs).toEqual(['validate-definition']);
    for (let times = 0; times < 2; times += 1) await strategy.examineCreate?.(wrong, context, []);
    expect(offload.jobs).toEqual(Array(3).fill('validate-definition'));
  });

  it('say of a stored one what is not structural', async () => {
    const offload = new Counting();
    expect(await new DefinitionChecks(offload).schemaFaults(wrong, 'a')).toEqual(schemaFaults(wrong.spec));
    expect(offload.jobs).toEqual(['check-schemas']);
  });

  it('are spared where the spec is the same, and of light ones', () => {
    const offload = new Counting();
    const strategy = definitionStrategy(new DefinitionChecks(offload));
    const labelled = { ...good, metadata: { ...good.metadata, labels: { a: 'b' } } };
    const prepared = strategy.prepareForUpdate?.(structuredClone(labelled), good, context) ?? labelled;
    expect(strategy.examineUpdate?.(prepared, good, context)).toBeUndefined();
    expect(strategy.validateUpdate?.(prepared, good, context)).toEqual([]);
    expect(strategy.examineCreate?.(created(exampleBody()), context, [])).toBeUndefined();
    expect(offload.jobs).toEqual([]);
  });
});
