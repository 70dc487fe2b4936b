import { expect, it } from '@jest/globals';
import { nodeVersionProblem } from './node-version.ts';

it.each(['24.0.0', '24.0.1', 'v24.21.0', '26.10.0-nightly'])('%s will do', (version) => {
  expect(nodeVersionProblem(version)).toBeUndefined();
});

it.each(['23.11.9', '22.18.0', '20.20.2', 'v18.0.0'])('%s is too old', (version) => {
  expect(nodeVersionProblem(version)).toBe(`Node 24.0.0 or newer is needed, this is ${version}`);
});
