import type { PreparingWriter } from '@kcp/apiserver';
import type { Clock } from '@kcp/controller';
import type { ObjectWriter } from '@kcp/object-store';
import type { BirthDeps } from '../birth/give-birth.ts';

/** What the controllers of workspaces work with. */
export interface TenancyDeps {
  readonly store: ObjectWriter;
  /** The write path, in the server's own name. */
  readonly writer: PreparingWriter;
  readonly birth: BirthDeps;
  readonly clock: Clock;
}
