import { describeGo } from './describe-go.ts';

await describeGo("controller-runtime's webhooks", 'webhooks');
