import { describe, expect, it } from '@jest/globals';
import { builtinResources } from './builtin-resources.ts';
import { context } from './testing/context.ts';

const groups = builtinResources({} as never);
const all = groups.flatMap(({ versions }) => versions.flatMap(({ resources }) => resources));

describe('the built-in resources', () => {
  it('come in the order of discovery, sorted within a group', () => {
    expect(groups.map(({ group }) => group)).toEqual([
      '',
      'authentication.k8s.io',
      'authorization.k8s.io',
      'certificates.k8s.io',
      'coordination.k8s.io',
      'rbac.authorization.k8s.io',
      'admissionregistration.k8s.io',
      'events.k8s.io',
    ]);
    for (const { versions } of groups) {
      const names = versions.flatMap(({ resources }) => resources.map(({ gvr }) => gvr.resource));
      expect(names).toEqual([...names].sort());
    }
  });

  it('have the storage version hashes of the original', () => {
    const hash = (resource: string) => all.find(({ gvr }) => gvr.resource === resource)?.storageVersionHash;
    expect([hash('configmaps'), hash('namespaces'), hash('roles')]).toEqual([
      'BcsYVNKF43M=',
      'DYe+LmmEOcs=',
      'dL2xUOdnrqs=',
    ]);
  });

  it.each(all.map((resource) => [resource.gvr.resource, resource] as const))(
    '%s decode their own answers unchanged',
    (_, resource) => {
      const { object } = resource.decode({ metadata: { name: 'x' } });
      const again = resource.decode(JSON.parse(JSON.stringify(object)) as never);
      expect(again).toEqual({ object, unknownFields: [] });
    },
  );

  it.each(all.map((resource) => [resource.gvr.resource, resource] as const))(
    '%s print any object of theirs',
    (_, resource) => {
      const { object } = resource.decode({ metadata: { name: 'x' } });
      const prepared = resource.strategy.prepareForCreate?.(object, context) ?? object;
      for (const column of resource.columns) expect(column.cell(prepared, 0)).toBeDefined();
      for (const read of Object.values(resource.selectableFields)) expect(typeof read(prepared)).toBe('string');
    },
  );
});
