import { policyExpressions, type PolicyExpressions } from '@kcp/admission';
import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  duplicate,
  invalid,
  isQualifiedName,
  itemPath,
  notSupported,
  required,
  objectAt,
  objectsAt,
  optionalObjectAt,
  textAt,
} from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import { countedGeneration, keepField } from '../generation.ts';
import { expressionErrors, policyDefaults, policySpecErrors } from './policy.ts';
import { policyStatusErrors } from './policy-status.ts';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const MOST_ANNOTATIONS = 20;
const LONGEST_VALUE = 5 * 1024;
const LINE_BREAK = /[\n\r]/;

function textErrors(validation: JsonObject, field: string, path: string): FieldError[] {
  const text = textAt(validation, field);
  return text !== '' && text.trim() === '' ? [invalid(`${path}.${field}`, text, 'must be non-empty if specified')] : [];
}

function validationErrors(expressions: PolicyExpressions, validation: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const message = textAt(validation, 'message');
  const [text, worded] = [textAt(validation, 'expression'), textAt(validation, 'messageExpression')];
  if (text.trim() === '') errors.push(required(`${path}.expression`, 'expression is not specified'));
  else errors.push(...expressionErrors(expressions, { role: 'validation', text, path: `${path}.expression` }));
  errors.push(...textErrors(validation, 'messageExpression', path));
  if (worded.trim() !== '') {
    const placed = { role: 'message', text: worded, path: `${path}.messageExpression` } as const;
    errors.push(...expressionErrors(expressions, placed));
  }
  errors.push(...textErrors(validation, 'message', path));
  if (LINE_BREAK.test(message.trim())) errors.push(invalid(`${path}.message`, message, 'must not contain line breaks'));
  const reason = textAt(validation, 'reason');
  if ('reason' in validation && !REASONS.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, REASONS));
  return errors;
}

interface Annotation {
  readonly annotation: JsonObject;
  readonly policy: string;
  readonly path: string;
}

function annotationErrors(expressions: PolicyExpressions, { annotation, policy, path }: Annotation): FieldError[] {
  const key = `${policy}/${textAt(annotation, 'key')}`;
  const errors = isQualifiedName(key).map((message) => invalid(`${path}.key`, key, message));
  const value = textAt(annotation, 'valueExpression').trim();
  if (value === '') errors.push(required(`${path}.valueExpression`, 'valueExpression is not specified'));
  else if (value.length > LONGEST_VALUE) {
    errors.push(required(`${path}.valueExpression`, `must not exceed ${LONGEST_VALUE} bytes in length`));
  } else {
    const text = textAt(annotation, 'valueExpression');
    const placed = { role: 'auditAnnotation', text, path: `${path}.valueExpression` } as const;
    errors.push(...expressionErrors(expressions, placed));
  }
  return errors;
}

function annotationsErrors(
  expressions: PolicyExpressions,
  object: KubeObject,
  annotations: readonly JsonObject[],
): FieldError[] {
  const path = 'spec.auditAnnotations';
  const errors: FieldError[] = [];
  if (annotations.length > MOST_ANNOTATIONS) {
    errors.push(invalid(path, annotations, `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`));
  }
  const seen = new Set<string>();
  annotations.forEach((annotation, at) => {
    const key = textAt(annotation, 'key');
    const policy = object.metadata.name ?? '';
    errors.push(...annotationErrors(expressions, { annotation, policy, path: itemPath(path, at) }));
    if (seen.has(key)) errors.push(duplicate(`${itemPath(path, at)}.key`, key));
    seen.add(key);
  });
  return errors;
}

function validate(object: KubeObject): FieldError[] {
  const spec = objectAt(object, 'spec');
  const [validations, annotations] = [objectsAt(spec, 'validations'), objectsAt(spec, 'auditAnnotations')];
  const expressions = policyExpressions(spec);
  const errors = policySpecErrors(spec, expressions);
  if (validations.length + annotations.length === 0) {
    const why = 'validations or auditAnnotations must contain at least one item';
    return [...errors, required('spec.validations', why), required('spec.auditAnnotations', why)];
  }
  validations.forEach((validation, at) => {
    errors.push(...validationErrors(expressions, validation, itemPath('spec.validations', at)));
  });
  return [...errors, ...annotationsErrors(expressions, object, annotations)];
}

/** The kind of a policy's parameters, as tables show it. */
export function shownParamKind(object: KubeObject): string {
  const kind = optionalObjectAt(objectAt(object, 'spec'), 'paramKind');
  return kind === undefined ? '<unset>' : `${textAt(kind, 'apiVersion')}/${textAt(kind, 'kind')}`;
}

const counted = countedGeneration('spec');

/** admissionregistration.k8s.io/v1 validatingadmissionpolicies, with status. */
export function validatingAdmissionPolicies(): ServedResource {
  return builtinResource({
    table: kindTable('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy'),
    defaults: policyDefaults,
    strategy: {
      prepareForCreate: (object, context) => ({ ...counted.prepareForCreate(object, context), status: {} }),
      prepareForUpdate: (object, old, context) =>
        keepField(counted.prepareForUpdate(object, old, context), old, 'status'),
      validateCreate: validate,
      validateUpdate: validate,
      unconditionalUpdate: false,
    },
    subresources: {
      status: {
        kind: 'part',
        strategy: {
          prepareForUpdate: (object, old) => keepField(object, old, 'spec'),
          validateUpdate: policyStatusErrors,
        },
      },
    },
    resetFields: { '': ['status'], status: ['metadata', 'spec'] },
    columns: withNameAndAge(
      column(
        'Validations',
        'How many validations it has.',
        (object) => objectsAt(objectAt(object, 'spec'), 'validations').length,
        {
          type: 'integer',
        },
      ),
      column('ParamKind', 'The kind of its parameters.', shownParamKind),
    ),
  });
}
