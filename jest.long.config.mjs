import base from './jest.config.mjs';

/** Fuzzing, crash and load tests: `npm run test:long`. */
export default {
  ...base,
  testMatch: ['**/*.long.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 1_800_000,
};
