import { backendSuite } from '../testing/backend-suite.ts';
import { openMemoryStore } from './memory-store.ts';

backendSuite('a store in memory', (snapshot) => openMemoryStore(snapshot === undefined ? {} : { from: snapshot }));
