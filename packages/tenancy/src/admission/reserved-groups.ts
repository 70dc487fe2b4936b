import type { AdmissionPlugin } from '@kcp/admission';
import { objectAt, textAt } from '@kcp/api-machinery';
import { refused } from './subject.ts';

/** Groups whose kinds are the server's own: a definition in one would take the place of ours. */
const RESERVED = /^(apis|cache|core|migration|tenancy|topology)\.kcp\.io$|apis\.kcp\.io$/;

/** No definition in a group of ours (kcp's kcp.io/ReservedCRDGroups). */
export function reservedGroups(): AdmissionPlugin {
  return {
    name: 'kcp.io/ReservedCRDGroups',
    validate: (attributes) => {
      const { resource, object, operation } = attributes;
      const isDefinition =
        resource.group === 'apiextensions.k8s.io' && resource.resource === 'customresourcedefinitions';
      if (!isDefinition || object === undefined || operation === 'DELETE') return;
      const group = textAt(objectAt(object, 'spec'), 'group');
      if (RESERVED.test(group)) throw refused(attributes, `${group} is a reserved group`);
    },
  };
}
