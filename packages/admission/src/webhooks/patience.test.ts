import { describe, expect, it } from '@jest/globals';
import { parseName, root } from '@kcp/logical-cluster';
import { hookServer } from '@kcp/outbound/testing';
import { admissionAttributes } from '../testing/admission-attributes.ts';
import { refusal } from '../testing/admission-hook.ts';
import { ownUser, webhook, WebhookWorld } from '../testing/webhook-world.ts';

const TOO_SLOW =
  'Internal error occurred: failed calling webhook "slow.example.com": failed to call webhook: webhooks here were too slow for the server a moment ago';

describe('patience', () => {
  it('is short for the server’s own writes, and runs out for a while in the logical cluster that tried it', async () => {
    await using world = await WebhookWorld.open();
    await using hook = await hookServer(() => {
      world.now += 2_000;
      return 'break';
    });
    const other = parseName('other') ?? root;
    const webhooks = [webhook('slow', hook.clientConfig())];
    for (const cluster of [root, other]) await world.configure('Validating', { webhooks, cluster });
    const own = { user: ownUser };
    expect((await refusal(world, own))[2]).toMatch(/EOF$/);
    expect(hook.reviews[0]?.path).toBe('/hook?timeout=3s');
    expect((await refusal(world, own))[2]).toBe(TOO_SLOW);
    expect(hook.reviews).toHaveLength(1);
    expect((await refusal(world, { ...own, cluster: other }))[2]).toMatch(/EOF$/);
    world.now += 30_000;
    expect((await refusal(world, own))[2]).toMatch(/EOF$/);
  });

  it('is as long as the webhook wishes for everybody else', async () => {
    await using world = await WebhookWorld.open();
    await using hook = await hookServer(() => {
      world.now += 2_000;
      return 'break';
    });
    await world.configure('Validating', { webhooks: [webhook('slow', hook.clientConfig())] });
    const { user } = admissionAttributes();
    for (let call = 0; call < 2; call += 1) expect((await refusal(world, { user }))[2]).toMatch(/EOF$/);
    expect(hook.reviews.map(({ path }) => path)).toEqual(['/hook?timeout=10s', '/hook?timeout=10s']);
  });
});
