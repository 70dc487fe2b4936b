import { describe, expect, it } from '@jest/globals';
import { created, exampleBody } from '../testing/example-definition.ts';
import { DefinitionSources } from './definition-sources.ts';

const definition = created(exampleBody());

describe('the sources of a definition', () => {
  it('are asked the newest first, until one has it', () => {
    const asked: string[] = [];
    const sources = new DefinitionSources();
    for (const owner of ['a', 'b', 'c'])
      sources.offer(owner, () => {
        asked.push(owner);
        return owner === 'a' ? definition : undefined;
      });
    expect(sources.read()).toBe(definition);
    expect(asked).toEqual(['c', 'b', 'a']);
  });

  it('say so where nobody has it', () => {
    const sources = new DefinitionSources();
    sources.offer('a', () => undefined);
    expect(() => sources.read()).toThrow('the definition of this resource has just changed');
  });

  it('are bounded, and keep what an owner offered last', () => {
    const sources = new DefinitionSources();
    let asked = 0;
    for (let at = 0; at < 100; at += 1)
      sources.offer(`owner${at}`, () => {
        asked += 1;
        return undefined;
      });
    sources.offer('owner99', () => undefined);
    expect(() => sources.read()).toThrow();
    expect(asked).toBe(7);
  });
});
