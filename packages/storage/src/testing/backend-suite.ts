import { describe } from '@jest/globals';
import type { Backend } from '../backend.ts';
import { commitSuite } from './commit-suite.ts';
import { countedSuite } from './counted-suite.ts';
import { modelSuite } from './model-suite.ts';
import type { OpenBackend, Revisions } from './opened.ts';
import { readSuite } from './read-suite.ts';
import { snapshotSuite } from './snapshot-suite.ts';
import { watchSuite } from './watch-suite.ts';

/** What an engine is like. */
export interface SuiteOptions {
  /** `counted` where absent. */
  readonly revisions?: Revisions;
  /** Opens a copy that `snapshot` wrote; where absent `open` does. */
  readonly openCopy?: (folder: string) => Promise<Backend>;
}

/** What every storage engine must do; call it in a test file of the engine. */
export const backendSuite = (name: string, open: OpenBackend, options: SuiteOptions = {}): void => {
  const { revisions = 'counted', openCopy = open } = options;
  describe(name, () => {
    commitSuite(open);
    if (revisions === 'counted') countedSuite(open);
    readSuite(open);
    watchSuite(open);
    modelSuite(open, { revisions });
    snapshotSuite(open, openCopy);
  });
};
