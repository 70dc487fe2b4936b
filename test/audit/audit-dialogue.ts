import { readFile } from 'node:fs/promises';
import { parseJson, stringifyJson } from '@kcp/api-machinery';
import { settle, type testUsers, type TestServer, type TranscriptCommands, type WireWatch } from '@kcp/testing';

const MEDIA: Readonly<Record<string, readonly [method: string, contentType: string]>> = {
  GET: ['GET', 'application/json'],
  POST: ['POST', 'application/json'],
  PUT: ['PUT', 'application/json'],
  MERGE: ['PATCH', 'application/merge-patch+json'],
  DELETE: ['DELETE', 'application/json'],
};

/**
 * The commands of a conversation that shows the events of each request: `METHOD PATH [as=USER] [Header:value…]` with a body,
 * `WATCH PATH`, and `HANGUP`, which ends the watch and shows what that makes.
 */
export function auditDialogue(server: TestServer, log: string, cluster: string): TranscriptCommands & Disposable {
  const settled = settle();
  let shown = 0;
  let watch: WireWatch | undefined;
  const events = async (count: number): Promise<string> => {
    for (let left = 2000; left > 0; left -= 1) {
      const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
      if (lines.length < shown + count) continue;
      const fresh = lines.slice(shown);
      shown = lines.length;
      return fresh.map((line) => stringifyJson(settled(parseJson(line)))).join('\n');
    }
    return 'no event';
  };
  const wireOf = (words: readonly string[]): ReturnType<TestServer['wire']> => {
    const user = words.find((word) => word.startsWith('as='))?.slice(3) ?? 'admin';
    return server.wire(cluster, user as keyof typeof testUsers);
  };
  return {
    ...Object.fromEntries(
      Object.entries(MEDIA).map(([name, [method, contentType]]) => [
        name,
        async ({ arguments: [path = '', ...words], input }) => {
          // a blank would end the word
          const headers = Object.fromEntries(
            words
              .filter((word) => word.includes(':'))
              .map((word) => word.replace('_', ' ').split(/:(.*)/s).slice(0, 2)),
          );
          const body = input === '' ? {} : { text: input };
          const { status } = await wireOf(words).request(path, { method, contentType, headers, ...body });
          return `${status}\n${await events(0)}`;
        },
      ]),
    ),
    WATCH: async ({ arguments: [path = '', ...words] }) => {
      watch = await wireOf(words).watch(path);
      return `${watch.status}\n${await events(0)}`;
    },
    HANGUP: async () => {
      watch?.[Symbol.dispose]();
      return events(1);
    },
    [Symbol.dispose]: () => watch?.[Symbol.dispose](),
  };
}
