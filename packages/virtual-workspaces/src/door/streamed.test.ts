import { describe, expect, it } from '@jest/globals';
import { inProcess, type Transport } from '@kcp/http';
import { streamed } from './streamed.ts';

async function* of(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a');
  throw new Error('broke off');
}

function serving(body: AsyncIterable<Uint8Array>, gone = new AbortController()): Transport {
  return inProcess(() => ({ status: 200, headers: {}, body: streamed({ body }, gone) }));
}

describe('a body on its way through the door', () => {
  it('is passed on whole', async () => {
    const answer = await serving(of('a', 'b', 'c'))({ target: '/' });
    expect((await answer.bytes()).toString()).toBe('abc');
  });

  it('breaks off where it breaks off behind', async () => {
    const answer = await serving(broken())({ target: '/' });
    await expect(answer.bytes()).rejects.toThrow();
  });

  it('is given up behind when it is over', async () => {
    const gone = new AbortController();
    await (await serving(of('a'), gone)({ target: '/' })).bytes();
    expect(gone.signal.aborted).toBe(true);
  });
});
