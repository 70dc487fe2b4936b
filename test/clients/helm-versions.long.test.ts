import { describeHelmServerSide } from './helm-server-side-suite.ts';
import { describeHelm } from './helm-suite.ts';

await describeHelm('helm 3.16');
await describeHelmServerSide();
