import { describe, expect, it } from '@jest/globals';
import { ApiError, type KubeObject } from '@kcp/api-machinery';
import type { InProcessWriter } from '@kcp/apiserver';
import type { LegacyTokenUse } from '@kcp/auth';
import { root } from '@kcp/logical-cluster';
import { silentLogger as logger, silentMeter as meter } from '@kcp/telemetry';
import { legacyTokenUses } from './legacy-token-uses.ts';

const LAST_USED = 'kubernetes.io/legacy-token-last-used';
let now = Date.parse('2026-06-15T12:00:00Z');

function useOf(name: string, more: Partial<LegacyTokenUse> = {}): LegacyTokenUse {
  return { kind: 'manual', secret: { cluster: root, namespace: 'ns', name }, uid: 'u', isNoted: false, ...more };
}

/** A writer over one Secret a name, whose writes end when the test says so. */
function heldWriter(old: KubeObject) {
  const written: KubeObject[] = [];
  const held: PromiseWithResolvers<void>[] = [];
  const update: InProcessWriter['update'] = async (_address, change) => {
    const gate = Promise.withResolvers<void>();
    held.push(gate);
    await gate.promise;
    const next = change(old);
    if (next !== old) written.push(next);
    return next;
  };
  const refuse = (): Promise<never> => Promise.reject(new ApiError('Forbidden', 'only updates'));
  return { writer: { create: refuse, remove: refuse, update } satisfies InProcessWriter, written, held };
}
const secret = (labels: Record<string, string> = {}, uid = 'u'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'ns', uid, labels },
});
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('the use of a token in a Secret', () => {
  it('is noted on the Secret with its day, once at a time', async () => {
    const uses = legacyTokenUses({ clock: () => now, logger, meter });
    const { writer, written, held } = heldWriter(secret({ mine: 'yes' }));
    uses.note(useOf('s'));
    uses.writeWith(writer);
    for (let count = 0; count < 5; count += 1) uses.note(useOf('s'));
    expect(held.length).toBe(1);
    held[0]?.resolve();
    await turn();
    expect(written.map(({ metadata }) => metadata.labels)).toEqual([{ mine: 'yes', [LAST_USED]: '2026-06-15' }]);
  });
  it('is not noted where it was, nor on another Secret of the same name', async () => {
    const uses = legacyTokenUses({ clock: () => now, logger, meter });
    const { writer, written, held } = heldWriter(secret({}, 'another'));
    uses.writeWith(writer);
    uses.note(useOf('s', { isNoted: true }));
    expect(held.length).toBe(0);
    uses.note(useOf('s'));
    held[0]?.resolve();
    await turn();
    expect(written).toEqual([]);
  });
  it('of very many at once is noted for some, and for the others at their next use', async () => {
    const uses = legacyTokenUses({ clock: () => now, logger, meter });
    const { writer, held } = heldWriter(secret());
    uses.writeWith(writer);
    for (let count = 0; count < 1000; count += 1) uses.note(useOf(`s${count}`));
    expect(held.length).toBe(32);
    for (const gate of held) gate.resolve();
    await turn();
    uses.note(useOf('s999'));
    expect(held.length).toBe(33);
  });
  it('that cannot be noted is tried again after a while, not with every request', async () => {
    const uses = legacyTokenUses({ clock: () => now, logger, meter });
    const { writer, held } = heldWriter(secret());
    uses.writeWith(writer);
    uses.note(useOf('s'));
    held[0]?.reject(new ApiError('Forbidden', 'denied by a webhook'));
    await turn();
    uses.note(useOf('s'));
    expect(held.length).toBe(1);
    now += 60_000;
    uses.note(useOf('s'));
    expect(held.length).toBe(2);
  });
});
