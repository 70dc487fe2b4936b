import { isIP } from 'node:net';
import type { NamedPair } from '@kcp/http';
import { OptionFileError } from '../option-file.ts';
import { certificatesOf } from './pair-files.ts';
import { givenPair, type GivenFiles } from './given-pair.ts';

/** A pair for certain names; without names, for those that its certificate has. */
export interface SniFiles extends GivenFiles {
  readonly names: readonly string[];
}

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Reads `cert,key[:name,name…]` (kube-apiserver's --tls-sni-cert-key). Throws OptionFileError.
 */
export function parseSniPair(text: string): SniFiles {
  const colon = text.indexOf(':');
  const [files, list] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  const [certFile = '', keyFile = '', ...more] = files.split(',').map((file) => file.trim());
  if (certFile === '' || keyFile === '' || more.length > 0)
    throw refusal(text, 'expected comma separated certificate and key file paths');
  const names = list.split(',').map((name) => name.trim().toLowerCase());
  const given = colon < 0 || (names.length === 1 && names[0] === '') ? [] : names;
  for (const name of given) if (!isPattern(name)) throw refusal(text, `${JSON.stringify(name)} is no domain name`);
  return { certFile, keyFile, names: given };
}

function refusal(text: string, why: string): OptionFileError {
  return new OptionFileError(`invalid --tls-sni-cert-key ${JSON.stringify(text)}: ${why}`);
}

/** A domain name, perhaps with a star for its first label. Addresses are never asked for (RFC 6066, 3). */
function isPattern(name: string): boolean {
  const [first = '', ...rest] = name.split('.');
  return (
    isIP(name) === 0 &&
    (first === '*' ? rest.length > 0 : LABEL.test(first)) &&
    rest.every((label) => LABEL.test(label))
  );
}

/** Reads the files of the pairs. Throws OptionFileError. */
export function sniPairs(all: readonly SniFiles[]): Promise<readonly NamedPair[]> {
  return Promise.all(
    all.map(async (files): Promise<NamedPair> => {
      const { certificate, privateKey } = await givenPair(files);
      const names = files.names.length > 0 ? files.names : ownNames(certificate);
      return { cert: certificate, key: privateKey, names };
    }),
  );
}

/** The domain names of a certificate; its common name where it has no alternative ones. */
function ownNames(pem: string): readonly string[] {
  const [leaf] = certificatesOf(pem);
  const names = [...(leaf.subjectAltName ?? '').matchAll(/DNS:([^,\s"]+)/g)].map(([, name = '']) => name);
  const subject = leaf.toLegacyObject().subject.CN;
  const common = typeof subject === 'string' ? [subject] : [];
  return (names.length > 0 ? names : common).map((name) => name.toLowerCase()).filter(isPattern);
}
