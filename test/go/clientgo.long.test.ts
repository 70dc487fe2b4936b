import { describeGo } from './describe-go.ts';

await describeGo('client-go', 'clientgo');
