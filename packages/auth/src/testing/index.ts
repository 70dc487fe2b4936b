export { startHttpsServer } from './https-server.ts';
export type { HttpsServer } from './https-server.ts';
export { startIssuer } from './issuer.ts';
export type { SigningOptions, TestIssuer } from './issuer.ts';
