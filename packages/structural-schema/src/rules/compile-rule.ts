import { compile } from '@kcp/cel';
import type { Compilation } from '@kcp/cel';
import type { ValidationRule } from '../structural-schema.ts';
import type { RuleScope } from './rule-scope.ts';
import { ruleEnvironment } from './rule-scope.ts';

/** What became of a rule: `compilation` or an `error`; neither where the rule is blank. The same for its message. */
export interface RuleCompilation {
  readonly compilation?: Compilation;
  readonly error?: string;
  /** Whether it is a transition rule: one that compares with the value before. */
  readonly usesOldSelf: boolean;
  readonly message?: Compilation;
  readonly messageError?: string;
}

/** Compiles a rule and its messageExpression (k8s.io/apiextensions-apiserver schema/cel compileRule, with its texts). */
export function compileRule(rule: ValidationRule, scope: RuleScope): RuleCompilation {
  if (rule.rule.trim() === '') return { usesOldSelf: false };
  const env = ruleEnvironment(scope, rule.optionalOldSelf === true);
  const result = compile(rule.rule, env);
  if (!result.ok) return { error: `compilation failed: ${result.text}`, usesOldSelf: false };
  const { compilation } = result;
  if (compilation.type.kind !== 'bool') return { error: 'cel expression must evaluate to a bool', usesOldSelf: false };
  const compiled = { compilation, usesOldSelf: namesOldSelf(compilation) };
  const text = rule.messageExpression ?? '';
  if (text === '') return compiled;
  const message = compile(text, env);
  if (!message.ok) return { ...compiled, messageError: `messageExpression compilation failed: ${message.text}` };
  if (message.compilation.type.kind !== 'string') {
    return { ...compiled, messageError: 'messageExpression must evaluate to a string' };
  }
  return { ...compiled, message: message.compilation };
}

function namesOldSelf({ checked }: Compilation): boolean {
  for (const { name } of checked?.references.values() ?? []) if (name === 'oldSelf') return true;
  return false;
}
