import type { Attributes, Authorizer, Decision } from '../authorizer.ts';

/** Lets a step of the chain be written down under its name where somebody asks for it (kcp's AddAuditLogging). */
export function recorded(step: string, authorizer: Authorizer): Authorizer {
  return (attributes) => {
    const { record } = attributes;
    const decision = authorizer(attributes);
    if (record === undefined) return decision;
    const settle = (made: Decision): Decision => {
      record(step, made);
      return made;
    };
    return decision instanceof Promise ? decision.then(settle) : settle(decision);
  };
}

/** Leaves the decision to the next step; why it was left is what is written down of this one (kcp's DelegateAuthorization). */
export function delegate(why: string, inside: Authorizer, attributes: Attributes): Decision | Promise<Decision> {
  const decision = inside(attributes);
  if (attributes.record === undefined) return decision;
  const explain = ({ kind }: Decision): Decision => ({ kind, reason: `delegating due to ${why}` });
  return decision instanceof Promise ? decision.then(explain) : explain(decision);
}
