import { describe, expect, it } from '@jest/globals';
import { reviewedRules } from './rules-review.ts';

describe('rules under review', () => {
  it('are parted into those about resources and those about paths', () => {
    const resource = { verbs: ['*'], apiGroups: [''], resources: ['secrets'], resourceNames: ['one'] };
    const path = { verbs: ['get'], nonResourceURLs: ['/paths/*'] };
    const both = { verbs: ['get'], apiGroups: ['*'], resources: ['*'], nonResourceURLs: ['*'] };
    expect(reviewedRules([resource, path, both, { verbs: ['get'] }])).toEqual({
      resourceRules: [resource, { verbs: ['get'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [path, { verbs: ['get'], nonResourceURLs: ['*'] }],
    });
  });
});
