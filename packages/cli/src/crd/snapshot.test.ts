import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { recordOutput } from '../testing/fixture.ts';
import { snapshotCommand, type SnapshotRequest } from './snapshot.ts';

const gadget = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.cli.example.com, labels: {a: b}}
spec:
  group: cli.example.com
  scope: Namespaced
  names: {kind: Gadget, plural: gadgets}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
`;

const snapshot = async (input: string, request: Partial<SnapshotRequest> = {}): Promise<readonly string[]> => {
  const output = recordOutput();
  const text = (): Promise<string> => Promise.resolve(input);
  await snapshotCommand(output, { filename: '-', prefix: 'v1', format: 'yaml', input: text, ...request });
  return output.said.out;
};

describe('a snapshot of definitions', () => {
  it('is what kcp prints', async () => {
    expect((await snapshot(gadget)).join('\n')).toBe(`apiVersion: apis.kcp.io/v1alpha1
kind: APIResourceSchema
metadata:
  name: v1.gadgets.cli.example.com
spec:
  conversion:
    strategy: None
  group: cli.example.com
  names:
    kind: Gadget
    listKind: GadgetList
    plural: gadgets
    singular: gadget
  scope: Namespaced
  versions:
  - name: v1
    schema:
      properties:
        spec:
          properties:
            size:
              type: integer
          type: object
      type: object
    served: true
    storage: true
    subresources: {}

---`);
  });

  it('has one schema for each definition; empty documents do not count', async () => {
    const lines = await snapshot(`---\n${gadget}\n---\n---\n${gadget.replaceAll('gadget', 'widget')}\n`);
    expect(lines.filter((line) => line === '---')).toHaveLength(2);
    expect(lines[2]).toContain('name: v1.widgets.cli.example.com');
    expect(await snapshot('')).toEqual([]);
  });

  it('may be JSON, and may come from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kcp-crd-'));
    try {
      const filename = join(folder, 'crd.yaml');
      await writeFile(filename, gadget);
      const [json = ''] = await snapshot('', { filename, format: 'json' });
      expect(JSON.parse(json)).toMatchObject({ kind: 'APIResourceSchema', spec: { scope: 'Namespaced' } });
      await expect(snapshot('', { filename: join(folder, 'none') })).rejects.toThrow(/^error opening .*none: ENOENT/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says all that is wrong with how it was asked for', async () => {
    await expect(snapshot('', { filename: '', prefix: '', format: 'xml' })).rejects.toThrow(
      '[--filename is required, --prefix is required, invalid value "xml" for --output; valid values are json, yaml]',
    );
    await expect(snapshot('', { prefix: '' })).rejects.toThrow(/^--prefix is required$/);
  });

  it('is made of definitions only', async () => {
    await expect(snapshot('{apiVersion: v1, kind: Secret}')).rejects.toThrow('no kind "Secret" is registered');
    await expect(snapshot('[1]')).rejects.toThrow('document 1 is no CustomResourceDefinition');
    await expect(snapshot('a: b: c')).rejects.toThrow('the file is no YAML');
    await expect(snapshot(gadget.replace('served: true', 'served: sometimes'))).rejects.toThrow(/served|bool/);
  });
});
