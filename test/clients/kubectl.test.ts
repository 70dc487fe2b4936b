import { describeKubectl } from './kubectl-suite.ts';

await describeKubectl('kubectl 1.35');
