export { configMaps, keyOf, openTestStore, openTestStoreAt, put, Recorder, remove, widgets } from './fixture.ts';
export type { TestStore } from './fixture.ts';
