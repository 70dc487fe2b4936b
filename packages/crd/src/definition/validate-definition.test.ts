import { describe, expect, it } from '@jest/globals';
import type { Json, MutableJsonObject } from '@kcp/api-machinery';
import {
  created,
  established,
  exampleBody,
  exampleVersion,
  strategy,
  texts,
  type Body,
} from '../testing/example-definition.ts';
import { decodeDefinition } from './decode-definition.ts';
import { validateDefinition, validateDefinitionUpdate } from './validate-definition.ts';

type Change = (body: Body, version: MutableJsonObject) => void;

const LABEL =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

function changed(change: Change): Body {
  return exampleBody((body) => {
    const [version] = body.spec['versions'] as unknown as [MutableJsonObject];
    change(body, version);
  });
}

function errorsOf(change: Change): string[] {
  return texts(validateDefinition(created(changed(change))));
}

const names =
  (more: object): Change =>
  ({ spec }) => {
    spec['names'] = { plural: 'widgets', kind: 'Widget', ...more } as Json;
  };

describe('a new definition', () => {
  it('may be as small as this', () => {
    expect(errorsOf(() => {})).toEqual([]);
  });

  it.each<[string, Change, string[]]>([
    [
      'another name',
      ({ metadata }) => {
        metadata['name'] = 'widget.example.com';
      },
      ['metadata.name: Invalid value: "widget.example.com": must be spec.names.plural+"."+spec.group'],
    ],
    [
      'a generated name',
      (body) => {
        body.metadata = { generateName: 'widgets.' };
      },
      ['metadata.generateName: Invalid value: "widgets.": must be spec.names.plural+"."+spec.group'],
    ],
    [
      'no kind',
      ({ spec }) => {
        spec['names'] = { plural: 'widgets' };
      },
      ['spec.names.singular: Required value', 'spec.names.kind: Required value', 'spec.names.listKind: Required value'],
    ],
    [
      'an upper case short name',
      names({ shortNames: ['ok', 'NO'] }),
      [`spec.names.shortNames[1]: Invalid value: "NO": ${LABEL}`],
    ],
    [
      'a list kind that is the kind',
      names({ listKind: 'Widget' }),
      ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'],
    ],
    [
      'a kind with an underscore',
      names({ kind: 'W_t', singular: 'wt' }),
      [
        `spec.names.kind: Invalid value: "W_t": may have mixed case, but should otherwise match: ${LABEL}`,
        `spec.names.listKind: Invalid value: "W_tList": may have mixed case, but should otherwise match: ${LABEL}`,
      ],
    ],
    [
      'no scope',
      ({ spec }) => {
        spec['scope'] = '';
      },
      ['spec.scope: Required value'],
    ],
    [
      'an unknown scope',
      ({ spec }) => {
        spec['scope'] = 'Global';
      },
      ['spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"'],
    ],
    [
      'no versions',
      ({ spec }) => {
        spec['versions'] = [];
      },
      [
        'spec.versions: Invalid value: []: must have exactly one version marked as storage version',
        'status.storedVersions: Invalid value: null: must have at least one stored version',
      ],
    ],
    [
      'a version name that is no label',
      (_, version) => {
        version['name'] = '1v';
      },
      [`spec.versions[0].name: Invalid value: "1v": ${LABEL}`, `spec.version: Invalid value: "1v": ${LABEL}`],
    ],
    [
      'no schema',
      (_, version) => {
        delete version['schema'];
      },
      ['spec.versions[0].schema.openAPIV3Schema: Required value'],
    ],
    [
      'an unstructured schema',
      (_, version) => {
        version['schema'] = { openAPIV3Schema: { type: 'object', properties: { a: {} } } };
      },
      [
        'spec.validation.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields',
      ],
    ],
    [
      'a column without a path',
      (_, version) => {
        version['additionalPrinterColumns'] = [{ name: 'A', type: 'string' }];
      },
      ['spec.additionalPrinterColumns[0].JSONPath: Required value'],
    ],
    [
      'a scale outside spec',
      (_, version) => {
        version['subresources'] = { scale: { specReplicasPath: '.n', statusReplicasPath: '.status.n' } };
      },
      ['spec.subresources.scale.specReplicasPath: Invalid value: ".n": should be a json path under .spec'],
    ],
    [
      'a selectable field nobody knows',
      (_, version) => {
        version['selectableFields'] = [{ jsonPath: '.spec.x' }];
      },
      [
        'spec.selectableFields[0].jsonPath: Invalid value: ".spec.x": is an invalid path: does not refer to a valid field',
      ],
    ],
    [
      'a warning without deprecation',
      (_, version) => {
        version['deprecationWarning'] = 'old';
      },
      ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions'],
    ],
    [
      'a warning over two lines',
      (_, version) => {
        version['deprecated'] = true;
        version['deprecationWarning'] = 'ä\n';
      },
      [
        'spec.versions[0].deprecationWarning: Invalid value: "ä\\n": must only contain printable UTF-8 characters; non-printable character found at index 2',
      ],
    ],
    [
      'preserved unknown fields',
      ({ spec }) => {
        spec['preserveUnknownFields'] = true;
      },
      [
        'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ],
    ],
    [
      'an unknown conversion',
      ({ spec }) => {
        spec['conversion'] = { strategy: 'Magic' };
      },
      ['spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"'],
    ],
    [
      'a webhook for None',
      ({ spec }) => {
        spec['conversion'] = {
          strategy: 'None',
          webhook: { clientConfig: { url: 'https://a' }, conversionReviewVersions: ['v1'] },
        };
      },
      [
        'spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook',
        'spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook',
      ],
    ],
    [
      'a webhook with a bad URL',
      ({ spec }) => {
        spec['conversion'] = {
          strategy: 'Webhook',
          webhook: { clientConfig: { url: 'http://me@/?a=b#c' }, conversionReviewVersions: ['v7'] },
        };
      },
      [
        `spec.conversion.webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
        'spec.conversion.webhookClientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]',
        'spec.conversion.webhookClientConfig.url: Invalid value: "me": user information is not permitted in the URL',
        'spec.conversion.webhookClientConfig.url: Invalid value: "c": fragments are not permitted in the URL',
        'spec.conversion.webhookClientConfig.url: Invalid value: "a=b": query parameters are not permitted in the URL',
        'spec.conversion.conversionReviewVersions: Invalid value: ["v7"]: must include at least one of v1, v1beta1',
      ],
    ],
    [
      'a service without a name',
      ({ spec }) => {
        spec['conversion'] = {
          strategy: 'Webhook',
          webhook: { clientConfig: { service: { namespace: 'n', path: 'a//b' } }, conversionReviewVersions: ['v1'] },
        };
      },
      [
        'spec.conversion.webhookClientConfig.service.name: Required value',
        `spec.conversion.webhookClientConfig.service.path: Invalid value: "a//b": must start with a '/'`,
        'spec.conversion.webhookClientConfig.service.path: Invalid value: "a//b": segment[0] may not be empty',
        'spec.conversion.webhookClientConfig.service.path: Invalid value: "a//b": segment[1] may not be empty',
      ],
    ],
    [
      'a protected group without approval',
      (body) => {
        body.metadata = { name: 'widgets.x.k8s.io' };
        body.spec['group'] = 'x.k8s.io';
      },
      [
        'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
      ],
    ],
  ])('is refused: %s', (_what, change, errors) => {
    expect(errorsOf(change)).toEqual(errors);
  });

  it('names errors by version where versions differ', () => {
    const versions: Change = ({ spec }) => {
      spec['versions'] = [
        exampleVersion('v1', { a: { type: 'string' } }, { storage: true }),
        exampleVersion('v2', { a: {} }),
      ];
    };
    expect(errorsOf(versions)).toEqual([
      'spec.versions[1].schema.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields',
    ]);
  });

  it('names errors once where all versions are equal', () => {
    const versions: Change = ({ spec }) => {
      spec['versions'] = [exampleVersion('v1', { a: {} }, { storage: true }), exampleVersion('v2', { a: {} })];
    };
    expect(errorsOf(versions)).toEqual([
      'spec.validation.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields',
    ]);
  });

  it('may be of the core group under the name of core', () => {
    const core =
      (name: string): Change =>
      (body) => {
        body.metadata = { name };
        body.spec['group'] = '';
      };
    expect(errorsOf(core('widgets.core'))).toEqual([]);
    expect(errorsOf(core('widgets.'))).toEqual([
      'metadata.name: Invalid value: "widgets.": must be spec.names.plural+"."+spec.group',
      'spec.group: Required value',
    ]);
  });

  it('may have CEL rules', () => {
    const rules: Change = (_, version) => {
      version['schema'] = { openAPIV3Schema: { type: 'object', 'x-kubernetes-validations': [{ rule: 'true' }] } };
    };
    expect(errorsOf(rules)).toEqual([]);
  });
});

describe('an update', () => {
  const old = established(exampleBody());
  const update = (change: Change): string[] => {
    const { object } = decodeDefinition(changed(change));
    const next = strategy.prepareForUpdate?.(object, old, undefined as never);
    return texts(validateDefinitionUpdate(next as typeof old, old));
  };

  it.each<[string, Change, string[]]>([
    [
      'the group',
      ({ spec }) => {
        spec['group'] = 'other.com';
      },
      ['spec.group: Invalid value: "other.com": field is immutable'],
    ],
    ['the plural', names({ plural: 'others' }), ['spec.names.plural: Invalid value: "others": field is immutable']],
    [
      'the kind, once established',
      names({ kind: 'Other' }),
      ['spec.names.kind: Invalid value: "Other": field is immutable'],
    ],
    [
      'the scope, once established',
      ({ spec }) => {
        spec['scope'] = 'Cluster';
      },
      ['spec.scope: Invalid value: "Cluster": field is immutable'],
    ],
  ])('cannot change %s', (_what, change, errors) => {
    expect(update(change)).toEqual(errors);
  });

  it('cannot drop a version that is stored', () => {
    const drop: Change = (_, version) => {
      version['name'] = 'v2';
    };
    expect(update(drop)).toEqual([
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
    ]);
  });
});
