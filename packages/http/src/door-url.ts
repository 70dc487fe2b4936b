/** `https://address:port` by which a door is reached from its own machine; the loopback address where it listens on all. */
export function urlOf({ address, port }: { readonly address: string; readonly port: number }): string {
  if (address === '0.0.0.0') return `https://127.0.0.1:${port}`;
  if (address === '::') return `https://[::1]:${port}`;
  return address.includes(':') ? `https://[${address}]:${port}` : `https://${address}:${port}`;
}
