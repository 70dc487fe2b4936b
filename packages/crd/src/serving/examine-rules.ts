import type { FieldError, KubeObject } from '@kcp/api-machinery';
import { Pace, type WriteContext } from '@kcp/apiserver';
import { type RuleSet, rulesBlockedBy } from '@kcp/structural-schema';

/** An object to run rules on. */
export interface RuleExamination {
  readonly object: KubeObject;
  /** What it is to take the place of. */
  readonly old?: KubeObject;
  /** What is known to be wrong with it; some of that keeps rules from being run. */
  readonly errors: readonly FieldError[];
  /** The same of its metadata, told by who asks. */
  readonly found?: readonly FieldError[];
}

/** What is wrong with an object, rules included. Others have their turn in between: rules may be costly, objects large. */
export async function examineRules(
  rules: RuleSet,
  { object, old, errors, found: before = [] }: RuleExamination,
  context: WriteContext,
): Promise<readonly FieldError[]> {
  const blocked = rulesBlockedBy([...before, ...errors]);
  if (blocked !== undefined) return [...errors, blocked];
  const run = rules.start(object, old);
  const pace = new Pace();
  while (!run.proceed(() => pace.isOver)) await pace.breathe();
  const { errors: found, warnings } = run.findings;
  for (const warning of warnings) context.warn(warning);
  return [...errors, ...found];
}
