import { durationFlag, listFlag, switchFlag, textFlag, type FlagValues } from '@kcp/process';

const authentication = { group: 'Authentication' };
const oidc = { group: 'OpenID Connect', default: '' };
const proxy = { group: 'Front proxy' };
const authorization = { group: 'Authorization' };
const outgoing = { group: 'Outgoing calls' };

/** Flags of further ways to sign in and to be authorized; the names are kube-apiserver's and kcp's. */
export const signInFlags = {
  oidcIssuerUrl: textFlag({ ...oidc, help: 'The URL of an OpenID issuer (https) whose tokens are believed.' }),
  oidcClientId: textFlag({ ...oidc, help: 'The client that its tokens must be for.' }),
  oidcUsernameClaim: textFlag({ ...oidc, help: 'The claim that is the user name; sub where it is left out.' }),
  oidcUsernamePrefix: textFlag({
    ...oidc,
    help: 'Stands before user names; left out, the issuer and # do, except before e-mail addresses. - stands for nothing.',
  }),
  oidcGroupsClaim: textFlag({ ...oidc, help: 'The claim that has the groups: a string or a list of them.' }),
  oidcGroupsPrefix: textFlag({ ...oidc, help: 'Stands before groups.' }),
  oidcCaFile: textFlag({ ...oidc, placeholder: 'file', help: 'The authorities (PEM) that the issuer is checked by.' }),
  oidcRequiredClaim: listFlag({
    ...oidc,
    default: [],
    help: 'A claim and the value that tokens must have: claim=value. May be repeated.',
  }),
  oidcSigningAlgs: listFlag({
    ...oidc,
    default: [],
    help: 'The signing algorithms that count; RS256 where it is left out.',
  }),
  authenticationConfig: textFlag({
    ...authentication,
    placeholder: 'file',
    default: '',
    help: 'An AuthenticationConfiguration: several issuers, rules in CEL. Read again when it changes.',
  }),
  enableBootstrapTokenAuth: switchFlag({
    ...authentication,
    default: false,
    help: 'Secrets of type bootstrap.kubernetes.io/token in kube-system are tokens, each in its own logical cluster.',
  }),
  authenticationTokenWebhookConfigFile: textFlag({
    ...authentication,
    placeholder: 'file',
    default: '',
    help: 'A kubeconfig that says which server is asked whose a token is.',
  }),
  authenticationTokenWebhookVersion: textFlag({
    ...authentication,
    default: 'v1',
    help: 'The version of TokenReview that it is asked with: v1, v1beta1.',
  }),
  authenticationTokenWebhookCacheTtl: durationFlag({
    ...authentication,
    default: '2m',
    help: 'How long its answers are remembered.',
  }),
  requestheaderClientCaFile: textFlag({
    ...proxy,
    placeholder: 'file',
    default: '',
    help: 'The authorities (PEM) of the front proxies whose word on who a request is from is believed.',
  }),
  requestheaderAllowedNames: listFlag({
    ...proxy,
    default: [],
    help: "Common names that a front proxy's certificate may have; none: any.",
  }),
  requestheaderUsernameHeaders: listFlag({ ...proxy, default: ['x-remote-user'], help: 'Headers with the user name.' }),
  requestheaderUidHeaders: listFlag({
    ...proxy,
    default: [],
    help: 'Headers with the uid; x-remote-uid is suggested.',
  }),
  requestheaderGroupHeaders: listFlag({ ...proxy, default: ['x-remote-group'], help: 'Headers with groups.' }),
  requestheaderExtraHeadersPrefix: listFlag({
    ...proxy,
    default: ['x-remote-extra-'],
    help: 'What the names of headers with extras begin with.',
  }),
  authorizationOrder: listFlag({
    ...authorization,
    default: ['AlwaysAllowGroups', 'AlwaysAllowPaths', 'RBAC', 'Webhook'],
    help: 'Which authorizers are asked, in this order.',
  }),
  authorizationWebhookConfigFile: textFlag({
    ...authorization,
    placeholder: 'file',
    default: '',
    help: 'A kubeconfig that says which server is asked whether somebody may.',
  }),
  authorizationWebhookVersion: textFlag({
    ...authorization,
    default: 'v1',
    help: 'The version of SubjectAccessReview that it is asked with: v1, v1beta1.',
  }),
  authorizationWebhookCacheAuthorizedTtl: durationFlag({
    ...authorization,
    default: '5m',
    help: 'How long a yes is remembered.',
  }),
  authorizationWebhookCacheUnauthorizedTtl: durationFlag({
    ...authorization,
    default: '30s',
    help: 'How long anything else is remembered.',
  }),
  outboundAllowCidrs: listFlag({
    ...outgoing,
    default: [],
    help: 'Addresses that the server may call where tenants choose them: blocks such as 10.0.0.0/8. The longest block decides.',
  }),
  outboundDenyCidrs: listFlag({ ...outgoing, default: [], help: 'Addresses that it may not call.' }),
  outboundDenyPrivate: switchFlag({
    ...outgoing,
    default: false,
    help: 'It may call neither this machine nor private networks; link-local and metadata addresses it may not call anyway.',
  }),
};

/** What is told of them. */
export type SignInFlags = FlagValues<typeof signInFlags>;
