import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { ApiError, isArray, isObject, own, parseJson, stringifyJson } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import { applyJsonPatch } from './json-patch.ts';
import { decodeJsonPatch } from './json-patch-decode.ts';

/** The public suite for RFC 6902 (json-patch-test-suite): every case of it, those that it disables included. */
const FILES = ['spec_tests.json', 'tests.json'];

/** `refused`: a Status says why. Else the document as it is after the patch. */
type Outcome = 'refused' | { readonly document: Json };

/** Where evanphx/json-patch v4, which kube-apiserver patches with, does not do what the suite asks for: by document and patch. */
const DIFFERENCES: readonly (readonly [why: string, document: string, patch: string, outcome: Outcome])[] = [
  ['only an object or a list is a document', '"foo"', '[{"op":"replace","path":"","value":"bar"}]', 'refused'],
  [
    'a negative index counts from the end, an add at -1 appends',
    '{"bar":[1,2]}',
    '[{"op":"add","path":"/bar/-1","value":"5"}]',
    { document: { bar: [1, 2, '5'] } },
  ],
  [
    'nothing is added at the root: replace puts another document there',
    '{"foo":"bar"}',
    '[{"op":"add","path":"","value":{"baz":"qux"}}]',
    'refused',
  ],
  ['an add without value adds null', '[1]', '[{"op":"add","path":"/-"}]', { document: [1, null] }],
  ['a replace without value puts null', '[1]', '[{"op":"replace","path":"/0"}]', { document: [null] }],
  ['a test without value is one for null', '[null]', '[{"op":"test","path":"/0"}]', { document: [null] }],
  [
    'of two members of one name the last one counts (strict field validation tells)',
    '{"foo":"bar"}',
    '[{"op":"move","path":"/baz","value":"qux","from":"/foo"}]',
    { document: { baz: 'bar' } },
  ],
];

interface Case {
  readonly title: string;
  readonly document: Json;
  readonly patch: Json;
  readonly wanted: Outcome;
  readonly key: string;
}

function casesOf(file: string): readonly Case[] {
  const path = createRequire(import.meta.url).resolve(`json-patch-test-suite/${file}`);
  const cases = parseJson(readFileSync(path, 'utf8'));
  if (!isArray(cases)) throw new Error(`${file} is no list`);
  return cases.map((one, at) => readCase(one, `${file} ${at}`));
}

function readCase(one: Json, name: string): Case {
  if (!isObject(one)) throw new Error(`${name} is no object`);
  const [document, patch, expected] = [own(one, 'doc'), own(one, 'patch'), own(one, 'expected')];
  if (document === undefined || patch === undefined) throw new Error(`${name} has no document or no patch`);
  const comment = own(one, 'comment');
  // a case that says neither what comes out nor that it fails has a test operation that holds
  const accepted: Outcome = { document: expected ?? document };
  return {
    title: `${name}: ${typeof comment === 'string' ? comment : stringifyJson(patch)}`,
    document,
    patch,
    wanted: own(one, 'error') === undefined ? accepted : 'refused',
    key: `${stringifyJson(document)} ${stringifyJson(patch)}`,
  };
}

function outcomeOf(document: Json, patch: Json): Outcome {
  try {
    return { document: applyJsonPatch(document, decodeJsonPatch(patch).operations) };
  } catch (error) {
    if (error instanceof ApiError) return 'refused';
    throw error;
  }
}

const cases = FILES.flatMap(casesOf);
const differences = new Map(DIFFERENCES.map((difference) => [`${difference[1]} ${difference[2]}`, difference]));

describe('the public suite of JSON patches', () => {
  it('is here as a whole', () => {
    expect(cases).toHaveLength(95);
    const keys = new Set(cases.map(({ key }) => key));
    expect([...differences.keys()].filter((key) => !keys.has(key))).toEqual([]);
  });

  it.each(cases.filter(({ key }) => !differences.has(key)).map((one) => [one.title, one] as const))(
    '%s',
    (_title, { document, patch, wanted }) => {
      expect(outcomeOf(document, patch)).toEqual(wanted);
    },
  );

  it.each(DIFFERENCES)('is not followed where Kubernetes does not: %s', (_why, document, patch, outcome) => {
    const wanted = cases.find(({ key }) => key === `${document} ${patch}`)?.wanted;
    expect(outcomeOf(parseJson(document), parseJson(patch))).toEqual(outcome);
    expect(wanted).not.toEqual(outcome);
  });
});

describe('what later versions of the suite ask for', () => {
  it.each<[string, Json, Json, Outcome]>([
    ['a list at the root grows', [], [{ op: 'add', path: '/-', value: 'b' }], { document: ['b'] }],
    ['no replace below a scalar', { a: 'x' }, [{ op: 'replace', path: '/b/a', value: false }], 'refused'],
    ['no path', {}, [{ op: 'add', value: 'a' }], 'refused'],
    ['a path that is null', {}, [{ op: 'add', path: null, value: 'a' }], 'refused'],
    ['a path without a slash', {}, [{ op: 'add', path: 'a', value: 'b' }], 'refused'],
    ['no move from what is not there', { a: 1 }, [{ op: 'move', from: '/b', path: '/a' }], 'refused'],
    ['no remove of what is not there', { a: 'b' }, [{ op: 'remove', path: '/c' }], 'refused'],
    ['nor below it', { a: 'b' }, [{ op: 'remove', path: '/c/d' }], 'refused'],
    ['nor beyond the end', ['a', 'b'], [{ op: 'remove', path: '/2' }], 'refused'],
    ['capitals count', { a: 1 }, [{ op: 'add', path: '/A', value: 2 }], { document: { a: 1, A: 2 } }],
    // as evanphx/json-patch has it, and not the suite
    ['nothing is added at the root', {}, [{ op: 'add', path: '', value: [] }], 'refused'],
    ['nor at that of a list', [], [{ op: 'add', path: '', value: {} }], 'refused'],
    ['copy of nothing is null', { a: 1 }, [{ op: 'copy', from: '/b', path: '/a' }], { document: { a: null } }],
    ['zeros may lead', ['a', 'b'], [{ op: 'test', path: '/01', value: 'b' }], { document: ['a', 'b'] }],
  ])('%s', (_title, document, patch, outcome) => {
    expect(outcomeOf(document, patch)).toEqual(outcome);
  });
});
