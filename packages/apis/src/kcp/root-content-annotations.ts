/** On what a server makes at start: it is made where it is missing, and left as it is where it is there. */
export const CREATE_ONLY = 'bootstrap.kcp.io/create-only';

/** On what a server makes at start: names of batteries of which one must be included, with commas between. */
export const BATTERY = 'bootstrap.kcp.io/battery';
