import { fileURLToPath } from 'node:url';

/** The command as users call it: what an install puts under node_modules/.bin. */
export const kcpProgram = fileURLToPath(new URL('../node_modules/.bin/kcp', import.meta.url));
