import { describeGo } from './describe-go.ts';

await describeGo('apply configurations', 'applying');
