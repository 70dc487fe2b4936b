import {
  childPath,
  invalid,
  itemPath,
  nameIsDnsSubdomain,
  notSupported,
  required,
  type FieldError,
} from '@kcp/api-machinery';
import { auditLevels, auditStages } from '../level.ts';
import type { GroupResources, Policy, PolicyRule } from './policy.ts';

/** A rule as it was written: its words are not checked yet. */
export type WrittenRule = Omit<PolicyRule, 'level' | 'omitStages'> & {
  readonly level: string;
  readonly omitStages: readonly string[];
};

/** A policy as it was written. */
export type WrittenPolicy = Omit<Policy, 'rules' | 'omitStages'> & {
  readonly rules: readonly WrittenRule[];
  readonly omitStages: readonly string[];
};

/** What is wrong with a policy, in the words of k8s.io/apiserver's audit validation. */
export function validatePolicy({ rules, omitStages }: WrittenPolicy): readonly FieldError[] {
  return [
    ...stageErrors(omitStages, 'omitStages'),
    ...rules.flatMap((rule, at) => ruleErrors(rule, itemPath('rules', at))),
  ];
}

function ruleErrors(rule: WrittenRule, path: string): readonly FieldError[] {
  const { nonResourceURLs: urls } = rule;
  const mixed = urls.length > 0 && (rule.resources.length > 0 || rule.namespaces.length > 0);
  return [
    ...levelErrors(rule.level, childPath(path, 'level')),
    ...urlErrors(urls, childPath(path, 'nonResourceURLs')),
    ...rule.resources.flatMap((resources) => resourceErrors(resources, childPath(path, 'resources'))),
    ...stageErrors(rule.omitStages, childPath(path, 'omitStages')),
    ...(mixed
      ? [
          invalid(
            childPath(path, 'nonResourceURLs'),
            urls,
            'rules cannot apply to both regular resources and non-resource URLs',
          ),
        ]
      : []),
  ];
}

function levelErrors(level: string, path: string): readonly FieldError[] {
  if (level === '') return [required(path)];
  return auditLevels.some((known) => known === level) ? [] : [notSupported(path, level, auditLevels)];
}

function urlErrors(urls: readonly string[], path: string): readonly FieldError[] {
  return urls.flatMap((url, at) => {
    if (url === '*') return [];
    const errors: FieldError[] = [];
    if (!url.startsWith('/'))
      errors.push(invalid(itemPath(path, at), url, "non-resource URL rules must begin with a '/' character"));
    if (url.slice(0, -1).includes('*'))
      errors.push(
        invalid(itemPath(path, at), url, "non-resource URL wildcards '*' must be the final character of the rule"),
      );
    return errors;
  });
}

function resourceErrors({ group, resources, resourceNames }: GroupResources, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (group !== '' && group !== '*') {
    const problems = nameIsDnsSubdomain(group, false);
    if (problems.length > 0) errors.push(invalid(childPath(path, 'group'), group, problems.join(',')));
  }
  if (resourceNames.length > 0 && resources.length === 0)
    errors.push(
      invalid(childPath(path, 'resourceNames'), resourceNames, 'using resourceNames requires at least one resource'),
    );
  return errors;
}

function stageErrors(stages: readonly string[], path: string): readonly FieldError[] {
  return stages.flatMap((stage, at) =>
    auditStages.some((known) => known === stage)
      ? []
      : [invalid(itemPath(path, at), stage, `allowed stages are ${auditStages.join(',')}`)],
  );
}
