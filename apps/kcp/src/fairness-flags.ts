import { integerFlag, switchFlag, type FlagValues } from '@kcp/process';
import { defaultFlowLimits, type ServerOptions } from '@kcp/server';

const serving = { group: 'Fairness' };

/** Flags about how requests are shared out, named as kube-apiserver names them. */
export const fairnessFlags = {
  enablePriorityAndFairness: switchFlag({
    ...serving,
    default: true,
    help: 'Requests wait for their turn where there are too many: logical clusters, and the users in each, get equal shares. False only bounds how many are under way, whoever makes them.',
  }),
  maxRequestsInflight: integerFlag({
    ...serving,
    default: defaultFlowLimits.readingInflight,
    min: 0,
    help: 'How many requests that read may be under way; with --enable-priority-and-fairness this and --max-mutating-requests-inflight together are what is shared out. 0 is no limit where there is no fairness.',
  }),
  maxMutatingRequestsInflight: integerFlag({
    ...serving,
    default: defaultFlowLimits.mutatingInflight,
    min: 0,
    help: 'The same of requests that write.',
  }),
};

/** What the flags say about fairness. */
export function fairnessOptions(flags: FlagValues<typeof fairnessFlags>): Pick<ServerOptions, 'fairness'> {
  const limits = {
    readingInflight: flags.maxRequestsInflight,
    mutatingInflight: flags.maxMutatingRequestsInflight,
  };
  return { fairness: { enabled: flags.enablePriorityAndFairness, limits } };
}
