import { describe } from '@jest/globals';
import { commitSuite } from './commit-suite.ts';
import { modelSuite } from './model-suite.ts';
import type { OpenBackend } from './opened.ts';
import { readSuite } from './read-suite.ts';
import { snapshotSuite } from './snapshot-suite.ts';
import { watchSuite } from './watch-suite.ts';

/** What every storage engine must do; call it in a test file of the engine. */
export const backendSuite = (name: string, open: OpenBackend): void => {
  describe(name, () => {
    commitSuite(open);
    readSuite(open);
    watchSuite(open);
    modelSuite(open);
    snapshotSuite(open);
  });
};
