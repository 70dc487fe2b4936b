import { describe, expect, it } from '@jest/globals';
import { objectAt, textAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { describeMounted } from './describe-mounted.ts';

const reference = { apiVersion: 'x.io/v1', kind: 'Cluster', namespace: 'n', name: 'c' };
const workspace: KubeObject = {
  apiVersion: 'tenancy.kcp.io/v1alpha1',
  kind: 'Workspace',
  metadata: { name: 'w' },
  spec: {},
};
const mount = (status: JsonObject): KubeObject => ({
  apiVersion: 'x.io/v1',
  kind: 'Cluster',
  metadata: { name: 'c' },
  status,
});
const at = (object: KubeObject, said: KubeObject | undefined): KubeObject =>
  describeMounted(object, reference, { mount: said, now: '2026-01-01T00:00:00Z' });
const phase = (object: KubeObject): string => textAt(objectAt({ ...object }, 'status'), 'phase');

describe('a mounted Workspace', () => {
  it('is where its mount says, and ready with it', () => {
    const ready = at(workspace, mount({ phase: 'Ready', URL: 'https://there' }));
    expect([phase(ready), objectAt({ ...ready }, 'spec')['URL']]).toEqual(['Ready', 'https://there']);
    expect(at(ready, mount({ phase: 'Ready', URL: 'https://there' }))).toBe(ready);
  });

  it('is unavailable without its mount, which is named, and keeps where it was', () => {
    const ready = at(workspace, mount({ phase: 'Ready', URL: 'https://there' }));
    const lost = at(ready, undefined);
    expect([phase(lost), objectAt({ ...lost }, 'spec')['URL']]).toEqual(['Unavailable', 'https://there']);
    expect(JSON.stringify(lost)).toContain('Cluster \\"n/c\\" not found');
  });

  it.each([{}, { phase: 'Connecting' }, { phase: 7 }, { URL: 'https://there' }])(
    'is unavailable while its mount says %j',
    (said) => {
      const told = at(workspace, mount(said));
      expect(phase(told)).toBe('Unavailable');
      expect(JSON.stringify(told)).toContain(
        'Mount is not reporting ready. See Cluster \\"c\\" status for more details',
      );
    },
  );

  it('stays unavailable where something else is amiss', () => {
    const conditions = [{ type: 'WorkspaceOther', status: 'False' }];
    expect(phase(at({ ...workspace, status: { conditions } }, mount({ phase: 'Ready' })))).toBe('Unavailable');
  });
});
