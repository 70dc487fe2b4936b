import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkTranscript, startTestServer, type TestServer } from '@kcp/testing';
import { dialogue } from './dialogue.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
/** Set, what is observed is written into the files: read the difference before you commit it. */
const update = process.env['UPDATE_TRANSCRIPTS'] !== undefined;

describe('conversations', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  it.each(readdirSync(folder).filter((name) => name.endsWith('.txt')))('%s goes as it is written', async (name) => {
    using commands = dialogue(server.wire(name.replace('.txt', '')));
    const { expected, observed } = await checkTranscript(`${folder}${name}`, commands, { update });
    expect(observed).toBe(expected);
  });
});
