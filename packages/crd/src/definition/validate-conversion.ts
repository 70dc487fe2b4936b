import {
  childPath,
  type FieldError,
  forbidden,
  invalid,
  isDns1035Label,
  itemPath,
  notSupported,
  required,
} from '@kcp/api-machinery';
import type { Conversion, WebhookClientConfig } from './custom-resource-definition.ts';
import { validateWebhookService, validateWebhookUrl } from './validate-webhook.ts';

const STRATEGIES = ['None', 'Webhook'];
const KNOWN_REVIEWS = ['v1', 'v1beta1'];

/** What is wrong with spec.conversion; errors name the fields of the internal version, as Kubernetes does. */
export function validateConversion(conversion: Conversion | undefined, path: string, old?: Conversion): FieldError[] {
  if (conversion === undefined) return [];
  const errors: FieldError[] = [];
  const { strategy, webhook } = conversion;
  const strategyPath = childPath(path, 'strategy');
  if (strategy === '') errors.push(required(strategyPath));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(strategyPath, strategy, STRATEGIES));
  const configPath = childPath(path, 'webhookClientConfig');
  const versionsPath = childPath(path, 'conversionReviewVersions');
  const versions = webhook?.conversionReviewVersions ?? [];
  if (strategy === 'Webhook') {
    const requireKnown = hasKnownReview(old?.webhook?.conversionReviewVersions ?? []);
    return [
      ...errors,
      ...validateClientConfig(webhook?.clientConfig, configPath),
      ...validateReviewVersions(versions, versionsPath, requireKnown),
    ];
  }
  const why = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig !== undefined) errors.push(forbidden(configPath, why));
  if (versions.length > 0) errors.push(forbidden(versionsPath, why));
  return errors;
}

function validateClientConfig(config: WebhookClientConfig | undefined, path: string): FieldError[] {
  if (config === undefined) return [required(path, 'required when strategy is set to Webhook')];
  const { url, service } = config;
  if (url !== undefined && service === undefined) return validateWebhookUrl(url, childPath(path, 'url'));
  if (service !== undefined && url === undefined) return validateWebhookService(service, childPath(path, 'service'));
  return [required(path, 'exactly one of url or service is required')];
}

/** True also for an empty list: what was stored without any may be updated only to something known. */
function hasKnownReview(versions: readonly string[]): boolean {
  return versions.length === 0 || versions.some((version) => KNOWN_REVIEWS.includes(version));
}

function validateReviewVersions(versions: readonly string[], path: string, requireKnown: boolean): FieldError[] {
  if (versions.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  for (const [at, version] of versions.entries()) {
    const itsPath = itemPath(path, at);
    if (versions.indexOf(version) < at) errors.push(invalid(itsPath, version, 'duplicate version'));
    else for (const message of isDns1035Label(version)) errors.push(invalid(itsPath, version, message));
  }
  if (requireKnown && !hasKnownReview(versions)) {
    errors.push(invalid(path, versions, `must include at least one of ${KNOWN_REVIEWS.join(', ')}`));
  }
  return errors;
}
