import { aggregate, type Json } from '@kcp/api-machinery';
import type { AuditLevel, AuditStage } from '../level.ts';
import { Fields } from './fields.ts';
import { PolicyError, type GroupResources, type Policy, type PolicyRule } from './policy.ts';
import { validatePolicy, type WrittenPolicy, type WrittenRule } from './validate-policy.ts';

const API_VERSION = 'audit.k8s.io/v1';

/**
 * Reads an audit policy, the content of kube-apiserver's `--audit-policy-file`. Stricter than the original in one point: a field
 * that is not known ends the start instead of being passed over, because a rule without it fits more than was meant.
 * Throws PolicyError.
 */
export function parsePolicy(document: Json): Policy {
  const written = readPolicy(document);
  const errors = validatePolicy(written);
  if (errors.length > 0) throw new PolicyError(aggregate(errors));
  if (written.rules.length === 0) throw new PolicyError('loaded illegal policy with 0 rules');
  return checked(written);
}

function readPolicy(document: Json): WrittenPolicy {
  const fields = new Fields(document, '');
  const [kind, apiVersion] = [fields.text('kind'), fields.text('apiVersion')];
  if (kind === '' || apiVersion === '')
    throw new PolicyError(`failed decoding: Object '${kind === '' ? 'Kind' : 'apiVersion'}' is missing`);
  if (kind !== 'Policy' || apiVersion !== API_VERSION)
    throw new PolicyError(
      `failed decoding: no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}: a policy is a Policy of ${API_VERSION}`,
    );
  fields.any('metadata');
  const policy = {
    rules: fields.list('rules', readRule),
    omitStages: fields.texts('omitStages'),
    omitManagedFields: fields.flag('omitManagedFields') ?? false,
  };
  fields.end();
  return policy;
}

function readRule(value: Json, path: string): WrittenRule {
  const fields = new Fields(value, path);
  const rule = {
    level: fields.text('level'),
    users: fields.texts('users'),
    userGroups: fields.texts('userGroups'),
    verbs: fields.texts('verbs'),
    resources: fields.list('resources', readResources),
    namespaces: fields.texts('namespaces'),
    nonResourceURLs: fields.texts('nonResourceURLs'),
    omitStages: fields.texts('omitStages'),
    omitManagedFields: fields.flag('omitManagedFields'),
  };
  fields.end();
  return rule;
}

function readResources(value: Json, path: string): GroupResources {
  const fields = new Fields(value, path);
  const resources = {
    group: fields.text('group'),
    resources: fields.texts('resources'),
    resourceNames: fields.texts('resourceNames'),
  };
  fields.end();
  return resources;
}

/** What validation has passed holds known levels and stages only. */
function checked(written: WrittenPolicy): Policy {
  return {
    ...written,
    rules: written.rules.map((rule): PolicyRule => ({
      ...rule,
      level: rule.level as AuditLevel,
      omitStages: rule.omitStages as readonly AuditStage[],
    })),
    omitStages: written.omitStages as readonly AuditStage[],
  };
}
