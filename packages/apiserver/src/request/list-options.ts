import {
  everything,
  forbidden,
  notSupported,
  parseFieldSelector,
  parseLabelSelector,
  type FieldError,
  type FieldSelector,
  type LabelSelector,
} from '@kcp/api-machinery';
import { invalidOptions, type Query } from './query.ts';

/** What a list, a watch or a deletecollection was asked for (metav1.ListOptions), checked. */
export interface ListOptions {
  readonly labels: LabelSelector;
  readonly fields: FieldSelector;
  readonly limit: number;
  readonly continue: string;
  /** As sent: lists and watches read it in their own words. */
  readonly resourceVersion: string;
  readonly match: '' | 'Exact' | 'NotOlderThan';
  /** Undefined where the client did not say. */
  readonly sendInitialEvents: boolean | undefined;
  readonly allowBookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
}

/** Reads the options. Throws BadRequest or Invalid, in the words of the original. */
export function readListOptions(query: Query, watch: boolean): ListOptions {
  const text = query.text('resourceVersionMatch');
  const options: Omit<ListOptions, 'match'> = {
    labels: query.has('labelSelector') ? parseLabelSelector(query.text('labelSelector')) : everything,
    fields: parseFieldSelector(query.text('fieldSelector')),
    limit: Math.max(0, query.integer('limit') ?? 0),
    continue: query.text('continue'),
    resourceVersion: query.text('resourceVersion'),
    sendInitialEvents: query.has('sendInitialEvents') ? query.flag('sendInitialEvents') : undefined,
    allowBookmarks: query.flag('allowWatchBookmarks'),
    timeoutSeconds: query.integer('timeoutSeconds'),
  };
  const errors = watch ? watchErrors(options, text) : listErrors(options, text);
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  return { ...options, match: text === 'Exact' || text === 'NotOlderThan' ? text : '' };
}

const FIELD = 'resourceVersionMatch';

function listErrors(options: Omit<ListOptions, 'match'>, match: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (match !== '') {
    if (options.resourceVersion === '')
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (options.continue !== '')
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(notSupported(FIELD, match, ['Exact', 'NotOlderThan', '']));
    if (match === 'Exact' && options.resourceVersion === '0') {
      errors.push(forbidden(FIELD, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (options.sendInitialEvents !== undefined)
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchErrors(options: Omit<ListOptions, 'match'>, match: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const initial = options.sendInitialEvents !== undefined;
  if (initial && match !== 'NotOlderThan')
    errors.push(forbidden(FIELD, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match !== '') {
    if (!initial)
      errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    if (match !== 'NotOlderThan') errors.push(notSupported(FIELD, match, ['NotOlderThan']));
  }
  if (options.continue !== '')
    errors.push(forbidden(FIELD, 'resourceVersionMatch is forbidden when continue is provided'));
  return errors;
}
