/** The bytes of an IPv4 address in dotted form; leading zeros are decimal, as in Kubernetes' ParseIPSloppy. */
export function isIpv4(text: string, sloppy: boolean): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => isOctet(part, sloppy));
}

function isOctet(part: string, sloppy: boolean): boolean {
  if (!/^[0-9]+$/.test(part) || (!sloppy && part.length > 1 && part.startsWith('0'))) return false;
  return Number(part) <= 255;
}

/** An IPv6 address as Go's net.ParseIP takes it: no zone; an IPv4 address may stand for the last two groups. */
export function isIpv6(text: string, sloppy: boolean): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return false;
  const [head = '', tail] = halves;
  if (tail === undefined) return groupsOf(head, sloppy) === 8;
  const before = head === '' ? 0 : groupsOf(head, sloppy, tail === '' ? 'end' : 'middle');
  const after = tail === '' ? 0 : groupsOf(tail, sloppy);
  return before >= 0 && after >= 0 && before + after < 8;
}

/** How many 16-bit groups a run without `::` has; -1 where it is malformed. */
function groupsOf(text: string, sloppy: boolean, place: 'end' | 'middle' = 'end'): number {
  const groups = text.split(':');
  const last = groups.at(-1) ?? '';
  const dotted = place === 'end' && last.includes('.') && isIpv4(last, sloppy);
  const plain = dotted ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return -1;
  return plain.length + (dotted ? 2 : 0);
}

/** Format `ipv4`: anything ParseIPSloppy takes that has a dot, IPv4-mapped IPv6 addresses among them. */
export function isIpv4Format(text: string): boolean {
  return text.includes('.') && (text.includes(':') ? isIpv6(text, true) : isIpv4(text, true));
}

/** Format `ipv6`. */
export function isIpv6Format(text: string): boolean {
  return isIpv6(text, false);
}

/** Format `cidr`: an address of either family, a slash and a prefix length; host bits may be set. */
export function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return false;
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)];
  if (!/^[0-9]+$/.test(length)) return false;
  if (address.includes(':')) return isIpv6(address, true) && Number(length) <= 128;
  return isIpv4(address, true) && Number(length) <= 32;
}

const MAC_SHAPES = [
  /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2})+$/,
  /^[0-9a-fA-F]{2}(-[0-9a-fA-F]{2})+$/,
  /^[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4})+$/,
];

/** Format `mac`: 6, 8 or 20 bytes in one of three spellings, as Go's net.ParseMAC takes them. */
export function isMac(text: string): boolean {
  const digits = text.replace(/[:.-]/g, '').length;
  return (digits === 12 || digits === 16 || digits === 40) && MAC_SHAPES.some((shape) => shape.test(text));
}

const ENCODED_BYTE = /%(?![0-9a-fA-F]{2})/;
const AUTHORITY = /^(?:([^@]*)@)?(\[[^\]]*\]|(?!\[)[^:]*)(?::([0-9]*))?$/;

/** Format `uri`: an absolute URI or an absolute path, as Go's url.ParseRequestURI takes them. */
export function isRequestUri(text: string): boolean {
  if (text === '' || hasControlCharacter(text)) return false;
  if (text === '*') return true;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[0];
  if (scheme === undefined) return text.startsWith('/') && isPathAndQuery(text);
  const rest = text.slice(scheme.length);
  if (!rest.startsWith('/')) return true;
  if (!rest.startsWith('//') || rest.startsWith('///')) return isPathAndQuery(rest);
  const end = rest.slice(2).search(/[/?]/);
  const authority = end < 0 ? rest.slice(2) : rest.slice(2, 2 + end);
  return isAuthority(authority) && isPathAndQuery(end < 0 ? '' : rest.slice(2 + end));
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function isPathAndQuery(text: string): boolean {
  const query = text.indexOf('?');
  return !ENCODED_BYTE.test(query < 0 ? text : text.slice(0, query));
}

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf('@');
  const user = at < 0 ? '' : text.slice(0, at);
  const host = AUTHORITY.exec(text.slice(at + 1));
  if (host === null || !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return false;
  const name = host[2] ?? '';
  if (ENCODED_BYTE.test(user) || ENCODED_BYTE.test(name) || /%(?!25)[0-7]/.test(name)) return false;
  return !/[\s"<>\\^`{|}]/.test(name);
}
