import { describeHelm } from './helm-suite.ts';

await describeHelm('helm 3.16');
