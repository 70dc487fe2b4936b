/**
 * What we use of node:http, taken as it is: an `import` would read all of its exports, of which one loads undici, and that
 * takes a twentieth of the time in which a server starts, and three megabytes.
 */
export const { Agent, request } = process.getBuiltinModule('node:http');
