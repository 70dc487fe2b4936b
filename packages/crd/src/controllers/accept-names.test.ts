import { describe, expect, it } from '@jest/globals';
import { isConditionTrue } from '../definition/condition.ts';
import type { CustomResourceDefinition, DefinitionNames } from '../definition/custom-resource-definition.ts';
import { acceptNames } from './accept-names.ts';
import { settled } from './name-group.ts';
import { namesInUse } from './names-in-use.ts';

const NOW = '2024-01-01T00:00:00Z';
const hats: DefinitionNames = { plural: 'hats', singular: 'hat', shortNames: ['ht'], kind: 'Hat', listKind: 'HatList' };

function definition(
  names: DefinitionNames,
  acceptedNames: DefinitionNames = { plural: '', kind: '' },
): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.example.com` },
    spec: { group: 'example.com', names, scope: 'Cluster', versions: [] },
    status: { acceptedNames, conditions: null, storedVersions: ['v1'] },
  };
}

const inUse = namesInUse([{ acceptedNames: hats }], undefined);

describe('naming', () => {
  it('accepts free names', () => {
    expect(acceptNames(definition(hats), namesInUse([], undefined))).toMatchObject({
      names: hats,
      claim: { status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
    });
  });

  it('keeps names that a definition has already', () => {
    expect(acceptNames(definition(hats, hats), inUse).claim.status).toBe('True');
  });

  it.each<[string, DefinitionNames, DefinitionNames, { reason: string; message: string }]>([
    [
      'kind',
      { plural: 'caps', singular: 'cap', kind: 'Hat', listKind: 'CapList' },
      { plural: 'caps', singular: 'cap', kind: '', listKind: 'CapList' },
      { reason: 'KindConflict', message: '"Hat" is already in use' },
    ],
    [
      'short name',
      { plural: 'helmets', singular: 'helmet', shortNames: ['ht', 'hm'], kind: 'Helmet', listKind: 'HelmetList' },
      { plural: 'helmets', singular: 'helmet', kind: 'Helmet', listKind: 'HelmetList' },
      { reason: 'ShortNamesConflict', message: '"ht" is already in use' },
    ],
    [
      'plural, as singular',
      { plural: 'bonnets', singular: 'hats', kind: 'Bonnet', listKind: 'BonnetList' },
      { plural: 'bonnets', kind: 'Bonnet', listKind: 'BonnetList' },
      { reason: 'SingularConflict', message: '"hats" is already in use' },
    ],
    [
      'several',
      { plural: 'berets', singular: 'hat', shortNames: ['hats'], kind: 'Beret', listKind: 'HatList' },
      { plural: 'berets', kind: 'Beret' },
      { reason: 'ListKindConflict', message: '"HatList" is already in use' },
    ],
  ])('refuses a taken name: %s', (_what, wanted, names, why) => {
    expect(acceptNames(definition(wanted), inUse)).toEqual({
      names,
      claim: { type: 'NamesAccepted', status: 'False', ...why },
    });
  });

  it('leaves built-in kinds their names', () => {
    const builtin = { resources: new Set(['configmaps', 'cm']), kinds: new Set(['ConfigMap']) };
    const { claim } = acceptNames(
      definition({ plural: 'maps', kind: 'ConfigMap', shortNames: ['cm'] }),
      namesInUse([], builtin),
    );
    expect(claim).toMatchObject({ status: 'False', reason: 'KindConflict' });
  });
});

describe('establishing', () => {
  it('follows in the same step, conditions in this order', () => {
    const next = settled(definition(hats), namesInUse([], undefined), NOW);
    expect(next.status.conditions).toEqual([
      {
        type: 'NamesAccepted',
        status: 'True',
        reason: 'NoConflicts',
        message: 'no conflicts found',
        lastTransitionTime: NOW,
      },
      {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
        lastTransitionTime: NOW,
      },
    ]);
    expect(settled(next, inUse, 'later')).toBe(next);
  });

  it('waits for names', () => {
    const next = settled(definition({ plural: 'caps', kind: 'Hat' }), inUse, NOW);
    expect(next.status.conditions?.[1]).toMatchObject({ type: 'Established', status: 'False', reason: 'NotAccepted' });
  });

  it('is not taken back by a later conflict', () => {
    const caps = settled(definition({ plural: 'caps', kind: 'Cap' }), namesInUse([], undefined), NOW);
    const renamed = { ...caps, spec: { ...caps.spec, names: { plural: 'caps', kind: 'Cap', shortNames: ['ht'] } } };
    const next = settled(renamed, inUse, NOW);
    expect(isConditionTrue(next, 'Established')).toBe(true);
    expect(isConditionTrue(next, 'NamesAccepted')).toBe(false);
  });

  it('waits for a webhook bundle that can be read', () => {
    const clientConfig = { url: 'https://example.com', caBundle: Buffer.from('nonsense').toString('base64') };
    const made = definition(hats);
    const conversion = { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1'] } };
    const next = settled({ ...made, spec: { ...made.spec, conversion } }, namesInUse([], undefined), NOW);
    expect(next.status.conditions?.[1]).toMatchObject({ status: 'False', reason: 'InvalidCABundle' });
  });
});
