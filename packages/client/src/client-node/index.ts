export { clientNodeConfig } from './client-node-config.ts';
export type { ClientNodeOptions } from './client-node-config.ts';
