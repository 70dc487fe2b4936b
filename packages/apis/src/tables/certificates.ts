import { list, listMap, map, struct } from '../table.ts';
import { ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.api.certificates.v1';

const CertificateSigningRequestSpec = struct(
  `${V1}.CertificateSigningRequestSpec`,
  'What is to be signed, and for whom.',
  () => ({
    request: [1, 'base64', 'required', 'PEM of the PKCS#10 request.'],
    signerName: [7, 'string', 'required', 'Who shall sign: a name with a domain.'],
    expirationSeconds: [8, 'int32', 'pointer', 'For how long the certificate should be valid; at least 600.'],
    usages: [5, list('string'), 'filled', 'What the certificate is for.'],
    username: [2, 'string', 'filled', 'Who asked; set by the server.'],
    uid: [3, 'string', 'filled', 'UID of who asked; set by the server.'],
    groups: [4, list('string'), 'filled', 'Groups of who asked; set by the server.'],
    extra: [6, map(list('string')), 'filled', 'What else is known of who asked; set by the server.'],
  }),
);

const CertificateSigningRequestCondition = struct(
  `${V1}.CertificateSigningRequestCondition`,
  'What was decided.',
  () => ({
    type: [1, 'string', 'required', 'Approved, Denied or Failed.'],
    status: [6, 'string', 'required', 'True for Approved and Denied.'],
    reason: [2, 'string', 'filled', 'Why, in one word.'],
    message: [3, 'string', 'filled', 'Why, for humans.'],
    lastUpdateTime: [4, 'time', 'always', 'When it was last written.'],
    lastTransitionTime: [5, 'time', 'always', 'When the status last changed.'],
  }),
);

const CertificateSigningRequestStatus = struct(
  `${V1}.CertificateSigningRequestStatus`,
  'What became of a request.',
  () => ({
    conditions: [1, listMap(CertificateSigningRequestCondition, 'type', false), 'filled', 'What was decided.'],
    certificate: [2, 'base64', 'filled', 'PEM of the certificate, once it is issued.'],
  }),
);

/** certificates.k8s.io/v1 CertificateSigningRequest. */
export const CertificateSigningRequest = struct(`${V1}.CertificateSigningRequest`, 'Asks for a certificate.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  spec: [2, CertificateSigningRequestSpec, 'required', 'What is to be signed. Cannot be changed.'],
  status: [3, CertificateSigningRequestStatus, 'always', 'What became of it.'],
}));
