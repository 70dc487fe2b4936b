/** The time during which a server has a role. */
export interface Term {
  readonly role: string;
  /** Who has it: no two terms, on whatever server, have the same. */
  readonly holder: string;
  /** Aborted when the term is over, before another server can begin one. A process that stood still finds out late. */
  readonly signal: AbortSignal;
}

/** What a server does during a term. What it gives back is disposed of when the term ends. */
export type Lead = (term: Term) => Promise<AsyncDisposable>;

/** Which of the servers on one store does what only one may do at a time. */
export interface Leadership {
  /** False where no other process can have a role: then nothing has to be fenced. */
  readonly isContested: boolean;
  /**
   * Takes part in the election for a role, in lower case with dashes, until it is disposed of, which ends the term and waits for that. `lead` is called each time this server gets the
   * role; where it rejects, the role is given up and tried for again.
   */
  campaign(role: string, lead: Lead): AsyncDisposable;
}

/** For stores that only one process can open: it has every role from the start. */
export const alwaysLeader = (): Leadership => ({
  isContested: false,
  campaign: (role, lead) => {
    const over = new AbortController();
    const leading = lead({ role, holder: 'the only server', signal: over.signal });
    return {
      [Symbol.asyncDispose]: async () => {
        over.abort();
        await (await leading)[Symbol.asyncDispose]();
      },
    };
  },
});
