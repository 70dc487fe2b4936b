import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import { equal, forbiddenResource, type KubeObject, objectAt, textAt } from '@kcp/api-machinery';
import { MASTERS, readCertificateRequest, type Authorizer } from '@kcp/auth';
import { CERTIFICATES_GROUP } from '../certificates/certificate-signing-request.ts';
import { certificateOf, conditionsOf, signerName } from '../certificates/conditions.ts';
import { requestBlock } from '../certificates/signing-request-validation.ts';
import { CLIENT_SIGNER } from '../certificates/signer.ts';

const RESOURCE = { group: CERTIFICATES_GROUP, resource: 'certificatesigningrequests' };

/** What keeps people from deciding about requests, and from asking for what nobody may have, as kube-apiserver has it. */
export function certificateAdmission(authorize: Authorizer): readonly AdmissionPlugin[] {
  return [approval(authorize), signing(authorize), subjectRestriction];
}

/** Whoever approves or denies needs the verb `approve` on the signer. */
function approval(authorize: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    validate: async (attributes) => {
      if (isAbout(attributes, 'UPDATE', 'approval')) await needRight(attributes, authorize, 'approve');
    },
  };
}

/** Whoever issues a certificate, or says that none will be, needs the verb `sign` on the signer. */
function signing(authorize: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    validate: async (attributes) => {
      const { object, oldObject } = attributes;
      if (!isAbout(attributes, 'UPDATE', 'status') || object === undefined || oldObject === undefined) return;
      const isSame =
        certificateOf(object) === certificateOf(oldObject) && equal(conditionsOf(object), conditionsOf(oldObject));
      if (!isSame) await needRight(attributes, authorize, 'sign');
    },
  };
}

/** The signer of the server's clients never makes a master. What else it refuses, it says in the request's conditions. */
const subjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  validate: async (attributes) => {
    const { object } = attributes;
    if (!isAbout(attributes, 'CREATE', '') || object === undefined || signerName(object) !== CLIENT_SIGNER) return;
    const organizations = await organizationsOf(object).catch((error: unknown) => {
      throw refusal(attributes, `failed to parse CSR: ${error instanceof Error ? error.message : String(error)}`);
    });
    if (organizations.includes(MASTERS))
      throw refusal(attributes, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`);
  },
};

async function organizationsOf(object: KubeObject): Promise<readonly string[]> {
  const block = requestBlock(textAt(objectAt(object, 'spec'), 'request'));
  return block === undefined ? [] : (await readCertificateRequest(block)).organizations;
}

function isAbout(attributes: AdmissionAttributes, operation: AdmissionAttributes['operation'], part: string): boolean {
  const { resource, subresource } = attributes;
  return (
    resource.resource === RESOURCE.resource &&
    resource.group === RESOURCE.group &&
    subresource === part &&
    attributes.operation === operation
  );
}

/** Asks for the signer by its name, then for all signers of its domain. The old object counts: a signer is not chosen anew. */
async function needRight(
  attributes: AdmissionAttributes,
  authorize: Authorizer,
  verb: 'approve' | 'sign',
): Promise<void> {
  const { user, cluster, oldObject } = attributes;
  const name = oldObject === undefined ? '' : signerName(oldObject);
  const on = { group: CERTIFICATES_GROUP, version: '*', resource: 'signers', subresource: '', namespace: '' };
  for (const signer of [name, `${name.slice(0, name.indexOf('/'))}/*`]) {
    const decision = await authorize({ kind: 'resource', user, cluster, verb, ...on, name: signer });
    if (decision.kind === 'allow') return;
  }
  throw refusal(attributes, `user not permitted to ${verb} requests with signerName ${JSON.stringify(name)}`);
}

function refusal({ name }: AdmissionAttributes, why: string) {
  return forbiddenResource(RESOURCE, name, why);
}
