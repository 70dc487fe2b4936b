import { ApiError, type KubeObject } from '@kcp/api-machinery';
import type { InProcessWriter } from '@kcp/apiserver';
import { isUseNoted, LEGACY_LAST_USED, utcDate, type LegacyTokenUse } from '@kcp/auth';
import type { Logger, Meter } from '@kcp/telemetry';

/** So many Secrets are written to at a time; a use beyond that is noted at the next one. */
const MOST = 32;
/** A Secret that could not be written to is left alone for so long: a webhook of the tenant may refuse it each time. */
const PAUSE_MS = 60_000;
/** So many of those are remembered. */
const MOST_PAUSED = 1_000;
const secrets = { group: '', version: 'v1', resource: 'secrets' };

/** Notes on Secrets when the tokens in them were used. */
export interface LegacyTokenUses {
  /** Never waits: the request goes on meanwhile. */
  readonly note: (use: LegacyTokenUse) => void;
  /** Before this is called, uses are only counted. */
  writeWith(writer: InProcessWriter): void;
}

/** What the notes are made with. */
export interface LegacyTokenUsesOptions {
  /** In milliseconds since 1970. */
  readonly clock: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
}

const METRICS = {
  auto: ['serviceaccount_legacy_auto_token_uses_total', 'Uses of tokens in Secrets that their accounts list.'],
  manual: ['serviceaccount_legacy_manual_token_uses_total', 'Uses of tokens in Secrets that somebody made by hand.'],
  invalid: ['serviceaccount_invalid_legacy_auto_token_uses_total', 'Uses of tokens that are marked as unused.'],
} as const;

/** Labels a Secret once a day with the date of its token's use, so that tokens that nobody uses can be told (KEP-2799). */
export function legacyTokenUses({ clock, logger, meter }: LegacyTokenUsesOptions): LegacyTokenUses {
  const counter = ([name, help]: readonly [string, string]) => meter.counter({ name, help });
  const counters = { auto: counter(METRICS.auto), manual: counter(METRICS.manual), invalid: counter(METRICS.invalid) };
  const underWay = new Set<string>();
  const pausedUntil = new Map<string, number>();
  let writer: InProcessWriter | undefined;
  const pause = (id: string): void => {
    if (pausedUntil.size >= MOST_PAUSED) pausedUntil.clear();
    pausedUntil.set(id, clock() + PAUSE_MS);
  };
  const write = async (into: InProcessWriter, id: string, { secret, uid }: LegacyTokenUse): Promise<void> => {
    const now = clock();
    try {
      await into.update({ ...secret, resource: secrets }, (old) =>
        old.metadata.uid === uid ? labelled(old, now) : old,
      );
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return;
      pause(id);
      logger.warn('the use of a token could not be noted on its Secret', { ...secret, error });
    }
  };
  return {
    note: (use) => {
      counters[use.kind].add(1);
      const id = JSON.stringify(use.secret);
      if (use.isNoted || writer === undefined || underWay.has(id) || underWay.size >= MOST) return;
      if ((pausedUntil.get(id) ?? 0) > clock()) return;
      underWay.add(id);
      void write(writer, id, use).finally(() => underWay.delete(id));
    },
    writeWith: (given) => {
      writer = given;
    },
  };
}

function labelled(secret: KubeObject, now: number): KubeObject {
  const { labels } = secret.metadata;
  if (isUseNoted(labels?.[LEGACY_LAST_USED], now)) return secret;
  return { ...secret, metadata: { ...secret.metadata, labels: { ...labels, [LEGACY_LAST_USED]: utcDate(now) } } };
}
