import * as x509 from '@peculiar/x509';

/** A subject as texts say it, whatever characters they have. */
export function subjectNameOf(commonName: string, organizations: readonly string[]): x509.Name {
  // Plain texts would be read as RFC 2253 ones, where quotes and a leading # mean something.
  const attributes = organizations.map((organization): x509.JsonAttributeAndObjectValue => ({
    O: [{ utf8String: organization }],
  }));
  return new x509.Name([...attributes, { CN: [{ utf8String: commonName }] }]);
}
