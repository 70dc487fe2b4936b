import { describeCustomResources } from './kubectl-custom-resources-suite.ts';

await describeCustomResources('kubectl 1.35');
