import { describe, expect, it } from '@jest/globals';
import { Environment } from '../check/environment.ts';
import { compile } from '../compile.ts';
import { kubernetesLibraries } from '../kubernetes/libraries.ts';
import { bindingsLibrary } from '../library/extensions.ts';
import { dynamicValue } from '../schema/from-json.ts';
import { structType, types, type CelType } from '../values/type.ts';
import { StructValue, type Value } from '../values/value.ts';
import { Paused } from './journal.ts';
import type { Bindings } from './frame.ts';
import type { Outcome, Program, RunOptions } from './program.ts';

const environment = new Environment({
  strictLiterals: true,
  escapedIdentifiers: false,
  libraries: [...kubernetesLibraries, bindingsLibrary],
  variables: [
    { name: 'list', type: types.dyn },
    { name: 'map', type: types.dyn },
    { name: 'slow', type: types.dyn },
  ],
});
const numbers = Array.from({ length: 36 }, (_, at) => at);
const bindings: Bindings = {
  list: dynamicValue(numbers),
  map: dynamicValue(Object.fromEntries(numbers.map((at) => [`key${at}`, at]))),
};

function programOf(text: string): Program {
  const result = compile(text, environment);
  if (!result.ok) throw new Error(result.text);
  return result.compilation.program;
}

/** Runs in the smallest pieces that there are. */
function inPieces(program: Program, values: Bindings, options?: RunOptions): { outcome: Outcome; pauses: number } {
  const run = program.start(values, options);
  for (let pauses = 0; ; pauses += 1) {
    const outcome = run.proceed(() => true);
    if (outcome) return { outcome, pauses };
  }
}

const deep = 'list.map(c, list.map(b, b + c).filter(b, list.exists_one(d, d + 1 == b)))';

describe('a costly expression in pieces', () => {
  it.each([
    ['all', 'list.all(a, list.all(b, list.all(c, a + b + c >= 0)))'],
    ['exists', 'list.exists(a, list.exists(b, list.exists(c, a + b + c > 1000)))'],
    ['exists that is decided', 'list.exists(a, list.exists(b, list.exists(c, a + b + c > 104)))'],
    ['exists_one', 'list.exists_one(a, list.exists_one(b, list.exists_one(c, a + b + c > 104)))'],
    ['map and filter', `${deep}.map(x, x.size())`],
    ['a map', 'map.all(a, map.all(b, map.all(c, map[a] + map[b] + map[c] < 1000)))'],
    ['two variables', 'map.all(a, x, list.all(b, y, map.all(c, z, x + y + z < 1000 && a != "" && b >= 0)))'],
    ['transformMap', 'map.transformMap(k, v, list.map(b, list.filter(c, c > b && v > b).size()).sum())'],
    ['transformList', 'list.transformList(i, v, list.map(b, list.filter(c, c > b && v > b).size()).sum() + i)'],
    ['loops beside each other', `${deep}.size() > 0 && ${deep}.size() == ${deep}.size()`],
    ['a bound value', `cel.bind(x, ${deep}, list.map(a, x[a].size()).sum() + cel.bind(y, ${deep}, y.size()))`],
    ['a loop over a loop', `${deep}.map(y, y.map(z, z + 1).size())`],
    ['a condition', `(${deep}.size() > 3 ? ${deep} : []).size()`],
    [
      'a faulty item that does not count',
      'list.exists(a, list.exists(b, list.all(c, a + b < 0 || 1 / (a - b) < c + 9) && a < 0))',
    ],
    ['a fault', 'list.all(a, list.all(b, list.all(c, 100 / (a + b + c - 1) > -200)))'],
    [
      'a fault in a side that does not count',
      `list.map(a, list.map(b, list.map(c, 1 / (a + 1))))[9][9][99] == 1 || ${deep}.size() > 1`,
    ],
  ])('%s comes to the same', (_name, text) => {
    const program = programOf(text);
    const straight = program.run(bindings);
    expect(straight.cost).toBeGreaterThan(50_000);
    const { outcome, pauses } = inPieces(program, bindings);
    expect(outcome).toEqual(straight);
    expect(pauses).toBeGreaterThan(1);
  });

  it('ends where its budget does, at the same cost', () => {
    const program = programOf('list.all(a, list.all(b, list.all(c, a + b + c >= 0)))');
    const options = { costLimit: 123_456 };
    expect(inPieces(program, bindings, options).outcome).toEqual(program.run(bindings, options));
  });

  it('pauses only when asked to', () => {
    const program = programOf(`${deep}.size()`);
    expect(program.start(bindings).proceed(() => false)).toEqual(program.run(bindings));
  });

  it('ends when its time is over', () => {
    const program = programOf(`${deep}.size()`);
    let asked = 0;
    const { outcome } = inPieces(program, bindings, { isOver: () => ++asked > 4000 });
    expect(outcome).toMatchObject({ ok: false, error: { reason: 'budget', message: 'operation interrupted' } });
    expect(outcome.cost).toBeGreaterThan(50_000);
  });
});

describe('a cheap expression', () => {
  it.each(['list.all(a, a >= 0)', 'list[99]', '1 / 0 == 1'])('%s is computed in one go', (text) => {
    const program = programOf(text);
    expect(inPieces(program, bindings)).toEqual({ outcome: program.run(bindings), pauses: 0 });
  });
});

/** A value of which a field takes several pieces. */
class Slow extends StructValue {
  readonly type: CelType = structType('slow');
  #left = 5;
  reads = 0;

  get(): Value {
    this.reads += 1;
    if (this.#left > 0) {
      this.#left -= 1;
      throw new Paused();
    }
    return 7;
  }

  has(): boolean {
    return true;
  }

  equals(other: StructValue): boolean {
    return this === other;
  }
}

describe('a value that is itself computed in pieces', () => {
  it.each(['slow.x == 7', 'false || slow.x == 7', 'list.exists(a, slow.x == a)', `${deep}.size() > 0 && slow.x == 7`])(
    'pauses who reads it: %s',
    (text) => {
      const slow = new Slow();
      const { outcome, pauses } = inPieces(programOf(text), { ...bindings, slow });
      expect(outcome).toMatchObject({ ok: true, value: true });
      expect(pauses).toBeGreaterThanOrEqual(5);
      expect(slow.reads).toBeGreaterThan(5);
    },
  );
});
