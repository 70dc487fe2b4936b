import type { Json } from '@kcp/api-machinery';
import { isArray, isObject, MAX_JSON_DEPTH } from '@kcp/api-machinery';
import type { DecodeRun } from './decode-run.ts';

/**
 * Prunes a value of which the schema says nothing: objects lose all their members, lists stay, scalars too. Lists in
 * lists deeper than a request's body may go are emptied.
 */
export function pruneAll(value: Json, run: DecodeRun): Json {
  if (isObject(value)) {
    const names = Object.keys(value);
    for (const name of names) run.pruned.push(run.memberPath(name));
    return names.length === 0 ? value : {};
  }
  if (!isArray(value)) return value;
  if (run.depth >= MAX_JSON_DEPTH) {
    run.pruned.push(run.memberPath('…'));
    return [];
  }
  let changed: Json[] | undefined;
  for (let at = 0; at < value.length; at++) {
    const item = value[at] ?? null;
    if (typeof item !== 'object' || item === null) continue;
    run.enter(at, false);
    const next = pruneAll(item, run);
    run.leave();
    if (next !== item) (changed ??= [...value])[at] = next;
  }
  return changed ?? value;
}
