import { isIP, SocketAddress } from 'node:net';

/** Where a request says that it comes from, and where it does. */
export interface Origin {
  /** Of the connection. */
  readonly address: string;
  readonly forwardedFor: string | undefined;
  readonly realIp: string | undefined;
}

/**
 * The addresses that a request came by (k8s.io/apimachinery net.SourceIPs): those of X-Forwarded-For, X-Real-Ip where it is not
 * among them, the connection's where it is not the last one already. Only the last one cannot be chosen by the client.
 */
export function sourceIps({ address, forwardedFor, realIp }: Origin): readonly string[] {
  const addresses: string[] = [];
  for (const part of forwardedFor?.split(',') ?? []) {
    const known = canonical(part.trim());
    if (known !== undefined) addresses.push(known);
  }
  const real = realIp === undefined ? undefined : canonical(realIp.trim());
  if (real !== undefined && !addresses.includes(real)) addresses.push(real);
  const remote = canonical(address);
  if (remote !== undefined && addresses.at(-1) !== remote) addresses.push(remote);
  return addresses;
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An address as Go writes it; undefined where it is none. */
function canonical(text: string): string | undefined {
  switch (isIP(text)) {
    case 4:
      return text;
    case 6: {
      if (text.includes('%')) return undefined;
      const { address } = new SocketAddress({ address: text, family: 'ipv6' });
      return MAPPED.exec(address)?.[1] ?? address;
    }
    default:
      return undefined;
  }
}
