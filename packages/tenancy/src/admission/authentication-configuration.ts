import type { AdmissionPlugin } from '@kcp/admission';
import { plansOf } from '../authentication/plans.ts';
import { authenticationConfigurations } from '../buckets.ts';
import { isAbout } from './subject.ts';

/**
 * Tells who writes a WorkspaceAuthenticationConfiguration which issuers of it will not be believed, and why. kcp takes all that fits the
 * schema and finds out when somebody signs in; a warning changes nothing of what is taken.
 */
export function authenticationConfigurationAdmission(disallowedIssuers: readonly string[]): AdmissionPlugin {
  return {
    name: 'kcp.io/WorkspaceAuthenticationConfiguration',
    validate: (attributes) => {
      const { object, operation } = attributes;
      if (object === undefined || (operation !== 'CREATE' && operation !== 'UPDATE')) return;
      if (!isAbout(attributes, authenticationConfigurations)) return;
      for (const problem of plansOf(object, disallowedIssuers).problems) attributes.warn(problem);
    },
  };
}
