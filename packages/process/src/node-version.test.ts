import { expect, it } from '@jest/globals';
import { nodeVersionProblem } from './node-version.ts';

it.each(['22.18.0', '22.18.1', 'v22.20.0', '24.0.0', '26.10.0-nightly'])('%s will do', (version) => {
  expect(nodeVersionProblem(version)).toBeUndefined();
});

it.each(['22.17.9', '20.20.2', 'v18.0.0'])('%s is too old', (version) => {
  expect(nodeVersionProblem(version)).toBe(`Node 22.18.0 or newer is needed, this is ${version}`);
});
