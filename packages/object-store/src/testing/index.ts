export { openTestStore, openTestStoreAt } from './fixture.ts';
export type { TestStore } from './fixture.ts';
