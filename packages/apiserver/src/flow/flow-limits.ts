/** How work is shared out; times in milliseconds. A seat is what a request holds while it is under way, 1 for most. */
export interface FlowLimits {
  /** Seats of all requests that read, and of those that write; together they are what is shared out (kube-apiserver). */
  readonly readingInflight: number;
  readonly mutatingInflight: number;
  /** The part of all seats that one logical cluster may hold, and the part of that which one user may hold in it. */
  readonly clusterShare: number;
  readonly userShare: number;
  /** Requests that may wait: of one user in one logical cluster, of one logical cluster, of all. Beyond: 429. */
  readonly waitingPerUser: number;
  readonly waitingPerCluster: number;
  readonly waiting: number;
  /** Refusals (401, 400, 429) that may wait for their turn; beyond, they are sent at once. */
  readonly waitingRefusals: number;
  /** Requests that are not shared out and wait for the next turn; beyond, they go on at once. */
  readonly waitingExempt: number;
  /** How long a request may wait for its turn. Beyond: 429. */
  readonly waitMs: number;
  /** How long requests are begun in one turn of the event loop; then the network has its turn. */
  readonly turnMs: number;
  /** Watches open at once: of one user in one logical cluster, of one logical cluster, of all. Beyond: 429. */
  readonly watches: StreamLimits;
  /** The same of calls: exec, port-forward, proxies. */
  readonly calls: StreamLimits;
}

/** How many streams may be open at once. */
export interface StreamLimits {
  readonly perUser: number;
  readonly perCluster: number;
  readonly total: number;
}

/** The limits where nothing else is said. */
export const defaultFlowLimits: FlowLimits = {
  readingInflight: 400,
  mutatingInflight: 200,
  clusterShare: 0.25,
  userShare: 0.5,
  waitingPerUser: 2_048,
  waitingPerCluster: 8_192,
  waiting: 16_384,
  waitingRefusals: 4_096,
  waitingExempt: 4_096,
  waitMs: 15_000,
  turnMs: 5,
  watches: { perUser: 5_000, perCluster: 10_000, total: 40_000 },
  calls: { perUser: 500, perCluster: 1_000, total: 4_000 },
};
