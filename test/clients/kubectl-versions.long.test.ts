import { describeServerSideApply } from './kubectl-apply-suite.ts';
import { describeCustomResources } from './kubectl-custom-resources-suite.ts';
import { describeKubectl } from './kubectl-suite.ts';

for (const version of ['kubectl 1.28', 'kubectl 1.33'] as const) {
  await describeKubectl(version);
  await describeCustomResources(version);
  await describeServerSideApply(version);
}
