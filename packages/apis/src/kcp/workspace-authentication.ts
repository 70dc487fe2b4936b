import { kindDefinition, kindSchema, version } from './kind-definition.ts';
import { list, rule, type Schema, strings, struct, text } from './schema.ts';

const EITHER = rule('has(self.claim) || has(self.expression)', 'either claim or expression must be specified');
const NOT_BOTH = rule('!(has(self.claim) && has(self.expression))', 'claim and expression cannot both be specified');

const claim = text('Name of a claim of the token.', { minLength: 1 });
const expression = text('A CEL expression over `claims`.', { minLength: 1 });

function prefixed(description: string): Schema {
  const prefix = text('What is put before the value of the claim.');
  return struct(
    description,
    { claim, expression, prefix },
    {
      rules: [
        EITHER,
        NOT_BOTH,
        rule('!(has(self.prefix)) || has(self.claim)', 'prefix can only be specified when claim is specified'),
      ],
    },
  );
}

const extra = struct(
  'One more fact about users.',
  { key: text('Key, with a domain.'), valueExpression: text('A CEL expression over `claims`.') },
  { required: ['key', 'valueExpression'] },
);

const claimMappings = struct('How claims become a user.', {
  extra: list('What else is known of users.', extra),
  groups: prefixed('Where the groups are.'),
  uid: struct('Where the UID is.', { claim, expression }, { rules: [NOT_BOTH] }),
  username: prefixed('Where the name is.'),
});

const claimRule = struct(
  'What must be true of a token.',
  {
    claim,
    expression,
    message: text('What is said where the expression is false.', { minLength: 1 }),
    requiredValue: text('The value that the claim must have.', { minLength: 1 }),
  },
  {
    rules: [
      EITHER,
      NOT_BOTH,
      rule(
        '(has(self.expression) && !has(self.requiredValue)) || (has(self.claim) && has(self.requiredValue))',
        'requiredValue can only be specified when claim is specified',
      ),
      rule(
        '(has(self.expression) && has(self.message)) || (has(self.claim) && !has(self.message))',
        'message can only be specified when expression is specified',
      ),
    ],
  },
);

const userRule = struct(
  'What must be true of a user.',
  { expression: text('A CEL expression over `user`.'), message: text('What is said where it is false.') },
  { required: ['expression', 'message'] },
);

const issuer = struct(
  'Who issues the tokens.',
  {
    audienceMatchPolicy: text('How audiences are compared where there are several: MatchAny.'),
    audiences: list('For whom tokens may be issued.', strings),
    certificateAuthority: text(
      "Certificates by which the issuer's is checked, in PEM; those of the system where empty.",
    ),
    discoveryURL: text('Where the discovery document is, where not below the URL.'),
    url: text('The `iss` of its tokens, by https.'),
  },
  { required: ['url'] },
);

const jwt = struct(
  'One issuer, and what becomes of its tokens.',
  {
    claimMappings,
    claimValidationRules: list('What must be true of tokens.', claimRule),
    issuer,
    userValidationRules: list('What must be true of users.', userRule),
  },
  { required: ['claimMappings', 'issuer'] },
);

const schema = kindSchema(
  'Further ways to sign in to workspaces whose type refers to it.',
  { spec: struct('What was asked for.', { jwt: list('Issuers of tokens.', jwt) }, { required: ['jwt'] }) },
  { required: ['metadata', 'spec'] },
);

/** WorkspaceAuthenticationConfiguration: OIDC issuers of a type of workspaces. */
export const workspaceAuthenticationConfiguration = kindDefinition({
  group: 'tenancy.kcp.io',
  kind: 'WorkspaceAuthenticationConfiguration',
  versions: [version({ name: 'v1alpha1', schema, subresources: 'absent' })],
});
