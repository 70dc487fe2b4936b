export { parseBearer, bearerTokens, forAudiences, tokenDigest } from './authentication/bearer.ts';
export { withAuthenticationMetrics } from './authentication/metrics.ts';
export type { Bearer, TokenAuthenticator } from './authentication/bearer.ts';
export type {
  AccountLookup,
  BoundObject,
  BoundObjectKey,
  TokenAccount,
  TokenSecret,
} from './authentication/account-lookup.ts';
export { isUseNoted, LEGACY_INVALID_SINCE, LEGACY_LAST_USED, utcDate } from './authentication/legacy-token.ts';
export type { LegacyTokenUse } from './authentication/legacy-token.ts';
export {
  BOOTSTRAP_TOKEN_NAMESPACE,
  BOOTSTRAP_TOKEN_TYPE,
  bootstrapTokenEnd,
} from './authentication/bootstrap-tokens.ts';
export { bootstrapTokens } from './authentication/bootstrap-tokens.ts';
export type { BootstrapSecret, BootstrapSecretLookup } from './authentication/bootstrap-tokens.ts';
export { isReservedName } from './authentication/certificate-scope.ts';
export { clientCertificates } from './authentication/client-certificates.ts';
export { anonymous, orAnonymous, unionAuthenticators, withAuthenticatedGroup } from './authentication/combine.ts';
export { CsvError } from './authentication/csv.ts';
export { fromAuthority, onlyFrom, parseCertificates } from './authentication/certificate-authorities.ts';
export type { FromAuthority } from './authentication/certificate-authorities.ts';
export { isIdentityHeader, requestHeader, requestHeaderNames } from './authentication/request-header.ts';
export type { RequestHeaderNames, RequestHeaderOptions } from './authentication/request-header.ts';
export { serviceAccountTokens } from './authentication/service-account-tokens.ts';
export { parseTokenFile, staticTokens } from './authentication/static-tokens.ts';
export type { StaticToken } from './authentication/static-tokens.ts';
export { bearerTokenHash } from './authentication/token-hashes.ts';
export { authorization, AUTHORIZERS, isAuthorizerName } from './authorization/chain.ts';
export type { Authorization, AuthorizationOptions, AuthorizerName } from './authorization/chain.ts';
export { alwaysAllowGroups, alwaysAllowPaths, unionAuthorizers, withoutReasons } from './authorization/combine.ts';
export type { SyncAuthorizer } from './authorization/combine.ts';
export { forbiddenError, forbiddenMessage } from './authorization/forbidden.ts';
export type { BoundExport, BoundExportLookup } from './authorization/maximal-permission-policy.ts';
export { REQUIRED_GROUPS_ANNOTATION, requiredGroups } from './authorization/required-groups.ts';
export { guardSystemStatus } from './authorization/system-crds.ts';
export { workspaceContent } from './authorization/workspace-content.ts';
export type { LogicalClusterLookup, LogicalClusterState } from './authorization/workspace-content.ts';
export type { Attributes, AuthorizationScope, Authorizer, Decision, RecordDecision } from './authorizer.ts';
export { bootstrapPolicy } from './bootstrap/policy.ts';
export { effectiveUsers, isEffectivelyIn, isForeign, isInScope } from './effective-users.ts';
export { asksForImpersonation, impersonate } from './impersonation/impersonate.ts';
export type { ImpersonationRequest } from './impersonation/impersonate.ts';
export type { AnonymousConfiguration, AuthenticationConfiguration } from './oidc/configuration.ts';
export type { JwtAuthenticatorConfiguration } from './oidc/configuration.ts';
export {
  ConfigurationError,
  decodeAuthenticationConfiguration,
  decodeJwtAuthenticator,
} from './oidc/decode-configuration.ts';
export { flagConfiguration } from './oidc/flag-configuration.ts';
export type { OidcFlags } from './oidc/flag-configuration.ts';
export { jwtTokens } from './oidc/jwt-tokens.ts';
export type { JwtTokens, JwtTokensOptions } from './oidc/jwt-tokens.ts';
export { checkAuthenticationConfiguration, checkJwtAuthenticators } from './oidc/validate-configuration.ts';
export type { CheckedConfiguration, JwtAuthenticatorPlan } from './oidc/validate-configuration.ts';
export { SIGNING_ALGORITHMS } from './oidc/verify-token.ts';
export type { AuthorityOptions, CertificateOptions, KeyPair } from './pki/certificate.ts';
export type { CertificateRequest, RequestedCertificate } from './pki/certificate-request.ts';
export { createAuthority, issueCertificate, readCertificateRequest, signCertificateRequest } from './pki/lazy.ts';
export { aggregatedRules, sameRules } from './rbac/aggregation.ts';
export { rulesAllow } from './rbac/compiled-rule.ts';
export { covers } from './rbac/covers.ts';
export { decodeBinding, decodeRole, decodeRules } from './rbac/decode.ts';
export { bindingWriteRefusal, escalationMessage, roleWriteRefusal } from './rbac/escalation.ts';
export type { EscalationCheck } from './rbac/escalation.ts';
export type { Binding, PolicyRule, Role, RoleRef, Subject } from './rbac/objects.ts';
export { rbac } from './rbac/rbac.ts';
export type { LayeredRbac, Rbac, RulesFound, Standpoint } from './rbac/rbac.ts';
export { withFixedPolicy } from './rbac/rule-source.ts';
export type { FixedPolicy, RuleSource } from './rbac/rule-source.ts';
export { reviewedRules } from './rbac/rules-review.ts';
export {
  isServiceAccount,
  parseServiceAccountUsername,
  serviceAccountGroups,
  serviceAccountUsername,
} from './service-account.ts';
export { JWKS_PATH, jsonWebKeySet, OPENID_CONFIGURATION_PATH, openIdConfiguration } from './tokens/openid.ts';
export { serviceAccountIssuer } from './tokens/service-account-issuer.ts';
export type { BoundTokenRequest, IssuedToken, ServiceAccountIssuer } from './tokens/service-account-issuer.ts';
export { generateSigningKeyPem, loadSigningKey, loadVerificationKeys } from './tokens/signing-key.ts';
export type { SigningKey, VerificationKey } from './tokens/signing-key.ts';
export type {
  Authentication,
  AuthenticationFacts,
  Authenticator,
  CertificateHolder,
  Credentials,
  HeaderSource,
  UserInfo,
} from './user.ts';
export { ANONYMOUS, AUTHENTICATED, CLUSTER_NAME_EXTRA, KCP_ADMIN, LOGICAL_CLUSTER_ADMIN } from './well-known.ts';
export {
  CONSUMER_PREFIX,
  EXTERNAL_LOGICAL_CLUSTER_ADMIN,
  isLifecycleGroup,
  MASTERS,
  SCOPES_EXTRA,
  UNAUTHENTICATED,
  WARRANT_EXTRA,
  WORKSPACE_BOOTSTRAPPER,
} from './well-known.ts';
export { authorizationWebhook } from './webhook/authorization-webhook.ts';
export type { AuthorizationWebhookOptions } from './webhook/authorization-webhook.ts';
export type { ReviewCalls } from './webhook/post-review.ts';
export type { ReviewEndpoint } from './webhook/review-endpoint.ts';
export { tokenWebhook } from './webhook/token-webhook.ts';
export type { TokenWebhookOptions } from './webhook/token-webhook.ts';
