import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkTranscript, startTestServer, type TestServer } from '@kcp/testing';
import { auditDialogue } from './audit-dialogue.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
/** Set, what is observed is written into the files: read the difference before you commit it. */
const update = process.env['UPDATE_TRANSCRIPTS'] !== undefined;

const POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
  - level: None
    users: ["system:kcp"]
  - level: None
    nonResourceURLs: ["/readyz*"]
  - level: Metadata
    resources: [{ group: "", resources: ["secrets"] }]
  - level: RequestResponse
    resources: [{ group: "", resources: ["configmaps"] }, { group: "rbac.authorization.k8s.io" }]
  - level: Request
    resources: [{ group: "", resources: ["serviceaccounts"] }]
    omitStages: [RequestReceived]
  - level: Metadata
    omitStages: [RequestReceived]
`;

describe('what is recorded of requests', () => {
  let server: TestServer;
  let own = '';
  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'kcp-audit-'));
    await writeFile(join(own, 'policy.yaml'), POLICY);
    server = await startTestServer({
      audit: { policyFile: join(own, 'policy.yaml'), log: { path: join(own, 'audit.log') } },
      runControllers: false,
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(own, { recursive: true });
  });

  it('is as it is written', async () => {
    using commands = auditDialogue(server, join(own, 'audit.log'), 'root');
    const { expected, observed } = await checkTranscript(`${folder}dialogue.txt`, commands, { update });
    expect(observed).toBe(expected);
  });
});
