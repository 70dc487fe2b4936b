import { ApiError } from '@kcp/api-machinery';
import { createClient } from '@kcp/client';
import { describe, expect, it } from '@jest/globals';
import { recordOutput } from '../testing/fixture.ts';
import { homePath } from './home.ts';

/** A server that answers with each of these in turn, and then goes on with the last; a text is refused with 429. */
function answering(...answers: readonly (object | string)[]) {
  let at = 0;
  const client = createClient({
    transport: async () => {
      const answer = answers[Math.min(at++, answers.length - 1)] ?? '';
      const bytes = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
      return {
        status: typeof answer === 'string' ? 429 : 200,
        headers: { 'retry-after': '0' },
        body: (async function* () {
          yield bytes;
        })(),
        bytes: async () => bytes,
      };
    },
  });
  return { client, output: recordOutput() };
}

const home = { kind: 'Workspace', metadata: { name: '~' }, spec: { URL: 'https://kcp/clusters/1h2j3k' } };

describe('the home workspace', () => {
  it('is where its URL says', async () => {
    expect(await homePath(answering(home))).toBe('1h2j3k');
  });

  it('is waited for while it is made', async () => {
    const session = answering('Creating the home workspace', 'Creating the home workspace', home);
    expect(await homePath(session)).toBe('1h2j3k');
    expect(session.output.waits).toEqual(['  making your home workspace …', '  making your home workspace …', '']);
  });

  it('is not waited for without end', async () => {
    await expect(homePath(answering('Creating the home workspace'), 20)).rejects.toThrow('not there after 0.02 s');
  });

  it('may be refused, or have a URL that is none', async () => {
    const refused = createClient({ transport: () => Promise.reject(new ApiError('Forbidden', 'not you')) });
    await expect(homePath({ client: refused, output: recordOutput() })).rejects.toThrow('not you');
    await expect(homePath(answering({ ...home, spec: {} }))).rejects.toThrow('invalid home workspace URL ""');
  });
});
