import { describeHelm } from './helm-suite.ts';

await describeHelm('helm 3.17');
await describeHelm('helm 4.1');
