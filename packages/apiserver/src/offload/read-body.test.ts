import { describe, expect, it } from '@jest/globals';
import { ApiError, stringifyJson, type Json } from '@kcp/api-machinery';
import { decodeObjectBody, type ObjectBody, type TextFormat } from '../media/body.ts';
import { writeYaml } from '../media/yaml.ts';
import { inlineOffload } from './inline-offload.ts';
import type { Offload } from './offload.ts';
import { readBody } from './read-body.ts';

const filling = 'x'.repeat(300 * 1024);
let asked = 0;
const inline = inlineOffload();
const counting: Offload = {
  run: (...work) => {
    asked += 1;
    return inline.run(...work);
  },
};

async function read(text: string, format: TextFormat = 'json', offload = counting): Promise<ObjectBody> {
  asked = 0;
  return readBody(offload, { bytes: Buffer.from(text), format, kind: 'Widget', owner: 'a' });
}

function same(text: string, format: TextFormat = 'json'): ObjectBody {
  return decodeObjectBody(Buffer.from(text), format, 'Widget');
}

async function refused(text: string, format: TextFormat = 'json', offload = counting): Promise<ApiError> {
  const thrown = await read(text, format, offload).catch((error: unknown) => error);
  if (thrown instanceof ApiError) return thrown;
  throw new Error('not refused', { cause: thrown });
}

const value: Json = {
  kind: 'Widget',
  spec: { filling, big: 9_223_372_036_854_775_807n, __proto__: 'x', list: [1, {}] },
};

describe('a large body', () => {
  it('that is plain JSON is read at once', async () => {
    expect(await read(stringifyJson(value))).toEqual(same(stringifyJson(value)));
    expect(asked).toBe(0);
  });

  it.each<[string, string, TextFormat]>([
    ['with a key that comes twice', `{"a":1,"a":2,"b":${JSON.stringify(filling)}}`, 'json'],
    ['of YAML', writeYaml(value), 'yaml'],
    ['of YAML with keys that come twice', `a: 1\na: 2\nb: ${filling}\n`, 'yaml'],
    ['of nothing', `null${' '.repeat(300 * 1024)}`, 'json'],
    ['with half a surrogate pair', `{"a":"\\ud800","b":"${filling}"}`, 'json'],
  ])('%s is what a small one would be', async (_what, text, format) => {
    expect(await read(text, format)).toEqual(same(text, format));
  });

  it.each<[string, string, TextFormat]>([
    ['that ends early', `{"a":"${filling}`, 'json'],
    ['that is nested too deeply', `{"a":"${filling}","b":${'['.repeat(2_000)}`, 'json'],
    ['that is a list', `["${filling}"]`, 'json'],
    ['that is no YAML', `a: "${filling}\nb: [`, 'yaml'],
    ['with a number beyond all', `{"a":1e999,"b":"${filling}"}`, 'json'],
  ])('%s is refused as a small one would be', async (_what, text, format) => {
    expect(await refused(text, format)).toEqual(expect.objectContaining({ code: 400 }));
    expect((await refused(text, format)).message).toBe(
      String(
        (() => {
          try {
            return same(text, format);
          } catch (error) {
            return error instanceof Error ? error.message : error;
          }
        })(),
      ),
    );
  });

  it('that nobody has time for is no bad request', async () => {
    const full: Offload = { run: () => Promise.reject(new ApiError('TooManyRequests', 'later')) };
    expect((await refused(writeYaml(value), 'yaml', full)).code).toBe(429);
  });
});

it('a small body is read where it is', async () => {
  expect(await read('a: 1', 'yaml')).toEqual({ object: { a: 1 }, duplicates: [] });
  expect(asked).toBe(0);
});
