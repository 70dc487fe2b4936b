import { type FieldError, invalid, type KubeObject } from '@kcp/api-machinery';
import type { Strategy, UpdateStrategy } from '@kcp/apiserver';
import { examineRules } from './examine-rules.ts';
import type { KindVersion } from './kind-version.ts';

type CheckUpdate = (object: KubeObject, old: KubeObject) => readonly FieldError[];

/** What is wrong with an object, rules aside. */
export interface CustomChecks {
  readonly create: (object: KubeObject) => readonly FieldError[];
  readonly update: CheckUpdate;
}

type Validation = Pick<Strategy, 'validateCreate' | 'examineCreate' | 'validateUpdate' | 'examineUpdate'>;

/** The validation of a custom kind. Where its schema has rules, all of it is an examination: rules come last, and may be long. */
export function validateBy(version: KindVersion, { create, update }: CustomChecks): Validation {
  return {
    ...validateUpdateBy(version, update),
    validateCreate: (object) =>
      otherType(version, object) ?? (version.schema().rules === undefined ? create(object) : []),
    examineCreate: (object, context, found) => {
      const { rules } = version.schema();
      if (rules === undefined || otherType(version, object) !== undefined) return undefined;
      return examineRules(rules, { object, errors: create(object), found }, context);
    },
  };
}

/** The same for what can only be updated: a part of an object. */
export function validateUpdateBy(
  version: KindVersion,
  update: CheckUpdate,
): Pick<UpdateStrategy, 'validateUpdate' | 'examineUpdate'> {
  return {
    validateUpdate: (object, old) =>
      otherType(version, object) ?? (version.schema().rules === undefined ? update(object, old) : []),
    examineUpdate: (object, old, context) => {
      const { rules } = version.schema();
      if (rules === undefined || otherType(version, object) !== undefined) return undefined;
      return examineRules(rules, { object, old, errors: update(object, old) }, context);
    },
  };
}

/** Why an object is none of this kind and version; undefined where it is. Then nothing else is looked at. */
function otherType({ gvk, apiVersion }: KindVersion, object: KubeObject): FieldError[] | undefined {
  if (object.kind === gvk.kind && object.apiVersion === apiVersion) return undefined;
  const errors = object.kind === gvk.kind ? [] : [invalid('kind', object.kind, `must be ${gvk.kind}`)];
  if (object.apiVersion !== apiVersion) errors.push(invalid('apiVersion', object.apiVersion, `must be ${apiVersion}`));
  return errors;
}
