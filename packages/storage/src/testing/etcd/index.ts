export { findEtcd, findNewEtcd } from './find-etcd.ts';
export type { FoundEtcd } from './find-etcd.ts';
export { startEtcd } from './start-etcd.ts';
export type { StartEtcdOptions, TestEtcd } from './start-etcd.ts';
export { startCuttingProxy } from './cutting-proxy.ts';
export type { CuttingProxy } from './cutting-proxy.ts';
