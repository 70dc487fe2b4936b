import type { OutboundTls } from '@kcp/outbound';

/** A server that answers reviews, as a kubeconfig describes it. */
export interface ReviewEndpoint {
  /** The very address that reviews are posted to. */
  readonly url: string;
  readonly tls?: OutboundTls;
  /** What stands in the Authorization header: a bearer token, or name and password. */
  readonly authorization?: string;
}
