import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startTestServer, testUsers, type TestServer } from '@kcp/testing';
import { findGoTests } from './go-tests.ts';

/** A build from nothing takes minutes on a slow machine; the next ones seconds. */
const BUILD_MS = 900_000;

/** Has each test of a folder of Go run against a server of their own. */
export async function describeGo(title: string, folder: string): Promise<void> {
  const tests = await findGoTests(folder);
  if (tests === undefined) return describe.skip(title, () => it('needs Go', () => {}));
  describe(title, () => {
    let server: TestServer;
    let authorityFile: string;

    beforeAll(async () => {
      const began = performance.now();
      await tests.build(BUILD_MS);
      process.stdout.write(`${folder}: Go's tests built in ${Math.round(performance.now() - began)} ms\n`);
      server = await startTestServer();
      authorityFile = join(server.folder, 'ca.crt');
      await writeFile(authorityFile, server.server.certificateAuthority);
    }, BUILD_MS);
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    it.each(tests.names)(
      '%s',
      (name) => tests.run(name, { url: server.url, token: testUsers.admin.token, authorityFile }),
      120_000,
    );
  });
}
