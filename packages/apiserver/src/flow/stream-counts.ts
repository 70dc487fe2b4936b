import type { Flow, Seat, StreamKind } from './fair-share.ts';
import type { FlowLimits } from './flow-limits.ts';
import { Holdings, type Excess } from './holdings.ts';
import { tooMany } from './too-many.ts';

/** Streams end by themselves after minutes at the earliest: an early second try is in vain. */
const RETRY_SECONDS = 10;

const WHOSE: Readonly<Record<Excess, string>> = {
  user: 'by this user in this logical cluster',
  cluster: 'in this logical cluster',
  total: 'on this server',
};

/** Counts the streams that are open. */
export class StreamCounts {
  readonly #open: Readonly<Record<StreamKind, Holdings>>;

  constructor({ watches, calls }: Pick<FlowLimits, StreamKind>) {
    this.#open = { watches: new Holdings(watches), calls: new Holdings(calls) };
  }

  /** Counts a stream until it is released. Throws ApiError TooManyRequests where there are too many already. */
  open(kind: StreamKind, flow: Flow): Seat {
    const holdings = this.#open[kind];
    const excess = holdings.excess(flow);
    if (excess !== undefined) throw tooMany(`too many ${kind} are open ${WHOSE[excess]}`, RETRY_SECONDS);
    holdings.take(flow, 1);
    return giveBackOnce(() => holdings.giveBack(flow, 1));
  }
}

/** A seat that is given back once, however often that is asked for. */
export function giveBackOnce(giveBack: () => void): Seat {
  let isHeld = true;
  return {
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      giveBack();
    },
  };
}
