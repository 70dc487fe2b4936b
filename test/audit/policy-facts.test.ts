import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer } from '@kcp/testing';

const api = '/apis/admissionregistration.k8s.io/v1';
const POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
rules:
  - level: Metadata
    omitStages: [RequestReceived]
    resources: [{ group: "", resources: ["configmaps"] }]
`;

interface AuditLine {
  readonly verb: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

describe('what admission policies say of a request', () => {
  let own = '';
  const log = () => join(own, 'audit.log');
  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'kcp-audit-policies-'));
    await writeFile(join(own, 'policy.yaml'), POLICY);
  });
  afterAll(async () => {
    await rm(own, { recursive: true });
  });

  /** Ends with everything written that was recorded. */
  async function judge(): Promise<void> {
    await using server = await startTestServer({
      audit: { policyFile: join(own, 'policy.yaml'), log: { path: log() } },
      runControllers: false,
    });
    const client = server.client('root');
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
    const spec = {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: 'has(object.data)', message: 'is empty' }],
      auditAnnotations: [{ key: 'named', valueExpression: 'string(object.metadata.name)' }],
    };
    await client.create(`${api}/validatingadmissionpolicies`, { metadata: { name: 'p' }, spec });
    await client.create(`${api}/validatingadmissionpolicybindings`, {
      metadata: { name: 'p' },
      spec: { policyName: 'p', validationActions: ['Audit'] },
    });
    await client.create('/api/v1/namespaces', { metadata: { name: 'test' } });
    await client.create('/api/v1/namespaces/test/configmaps', { metadata: { name: 'a' } });
  }

  it('is in its audit event', async () => {
    await judge();
    const lines = (await readFile(log(), 'utf8')).trim().split('\n');
    const [event] = lines.map((line): AuditLine => JSON.parse(line)).filter(({ verb }) => verb === 'create');
    const { 'p/named': named, 'validation.policy.admission.k8s.io/validation_failure': failure = '' } =
      event?.annotations ?? {};
    expect(named).toBe('a');
    expect(JSON.parse(failure)).toEqual([
      { message: 'is empty', policy: 'p', binding: 'p', expressionIndex: 0, validationActions: ['Audit'] },
    ]);
  });
});
