/** Lets the event loop turn, so that promises and immediates that wait come to their end; not a wait for time. */
export async function turn(times = 5): Promise<void> {
  for (let count = 0; count < times; count++) await new Promise((resolve) => void setImmediate(resolve));
}
