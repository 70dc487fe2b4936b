export { testCertificate } from '../test-certificates.ts';
export type { TestPair, TestSubject } from '../test-certificates.ts';
