import type { FieldError, Json, KubeObject } from '@kcp/api-machinery';
import {
  invalid,
  isDns1123Subdomain,
  isQualifiedName,
  required,
  utf8Length,
  validateImmutableField,
  asJson,
  numberAt,
  objectAt,
  optionalObjectAt,
  textAt,
} from '@kcp/api-machinery';

const LONGEST_WORD = 128;
const LONGEST_NOTE = 1024;

/** Fields that an event of events.k8s.io never changes, in the order in which they are refused; one of them is checked twice. */
const FIXED = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
];

function has(object: KubeObject, field: string): boolean {
  const value = asJson(object)[field];
  return value !== undefined && value !== null && value !== '' && value !== 0;
}

function namespaceErrors(object: KubeObject): FieldError[] {
  const { namespace = '' } = object.metadata;
  const involved = textAt(objectAt(object, 'involvedObject'), 'namespace');
  const isNew = has(object, 'eventTime');
  const homes = isNew ? ['default', 'kube-system'] : ['', 'default'];
  const fits = involved === '' ? homes.includes(namespace) : isNew || involved === namespace;
  return fits ? [] : [invalid('involvedObject.namespace', involved, 'does not match event.namespace')];
}

function tooLong(field: string, limit: number): FieldError {
  return invalid(field, '', `can have at most ${limit} characters`);
}

function wordErrors(object: KubeObject, field: string): FieldError[] {
  const text = textAt(object, field);
  if (text === '') return [required(field)];
  return utf8Length(text) > LONGEST_WORD ? [tooLong(field, LONGEST_WORD)] : [];
}

/** What events with an eventTime must have. `controllerField` is what reportingComponent is called in the request's version. */
function newFormErrors(object: KubeObject, controllerField: string): FieldError[] {
  const controller = textAt(object, 'reportingComponent');
  const errors = controller === '' ? [required(controllerField)] : [];
  errors.push(...isQualifiedName(controller).map((message) => invalid(controllerField, controller, message)));
  for (const field of ['reportingInstance', 'action', 'reason']) errors.push(...wordErrors(object, field));
  if (utf8Length(textAt(object, 'message')) > LONGEST_NOTE) errors.push(tooLong('message', LONGEST_NOTE));
  return errors;
}

/** What is wrong with an event in the core form; old ones may be almost anything. */
export function coreEventErrors(object: KubeObject, controllerField: string): FieldError[] {
  const { namespace = '' } = object.metadata;
  return [
    ...namespaceErrors(object),
    ...(has(object, 'eventTime') ? newFormErrors(object, controllerField) : []),
    ...isDns1123Subdomain(namespace).map((message) => invalid('namespace', namespace, message)),
  ];
}

function seriesErrors(object: KubeObject): FieldError[] {
  const series = optionalObjectAt(object, 'series');
  if (series === undefined) return [];
  const errors: FieldError[] = [];
  if ((numberAt(series, 'count') ?? 0) < 2) errors.push(invalid('series.count', '', 'should be at least 2'));
  if (textAt(series, 'lastObservedTime') === '') errors.push(required('series.lastObservedTime'));
  return errors;
}

/** What is wrong with a new event that came through events.k8s.io, in the core form. */
export function strictEventErrors(object: KubeObject): FieldError[] {
  const errors = [...coreEventErrors(object, 'reportingController'), ...seriesErrors(object)];
  const type = textAt(object, 'type');
  if (!has(object, 'eventTime')) errors.push(required('eventTime'));
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${type}`));
  for (const field of ['firstTimestamp', 'lastTimestamp', 'count']) {
    if (has(object, field)) errors.push(invalid(field, '', 'needs to be unset'));
  }
  if (Object.keys(objectAt(object, 'source')).length > 0) errors.push(invalid('source', '', 'needs to be unset'));
  return errors;
}

/** What a change through events.k8s.io may not do, of objects in the core form: all but the series stays. */
export function strictEventUpdateErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const [next, before] = [asJson(object), asJson(old)];
  const errors = [...coreEventErrors(object, 'reportingController'), ...seriesErrors(object)];
  for (const field of FIXED) {
    const shown = field === 'reportingComponent' ? 'reportingController' : field;
    const value = (json: Readonly<Record<string, Json | undefined>>): Json => json[field] ?? null;
    errors.push(...validateImmutableField(value(next), value(before), shown));
  }
  return errors;
}
