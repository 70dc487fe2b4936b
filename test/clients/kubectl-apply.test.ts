import { describeServerSideApply } from './kubectl-apply-suite.ts';

await describeServerSideApply('kubectl 1.35');
