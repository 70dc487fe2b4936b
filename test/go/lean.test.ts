import { describeGo } from './describe-go.ts';

await describeGo('client-go without generated clients', 'lean');
