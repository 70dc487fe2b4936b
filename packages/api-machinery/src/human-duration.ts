const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Up to `below`, an age is shown in `unit`s, with the rest in `and`s where that is given. */
interface Step {
  readonly below: number;
  readonly unit: readonly [number, string];
  readonly and?: readonly [number, string];
}

const STEPS: readonly Step[] = [
  { below: 2 * MINUTE, unit: [SECOND, 's'] },
  { below: 10 * MINUTE, unit: [MINUTE, 'm'], and: [SECOND, 's'] },
  { below: 3 * HOUR, unit: [MINUTE, 'm'] },
  { below: 8 * HOUR, unit: [HOUR, 'h'], and: [MINUTE, 'm'] },
  { below: 2 * DAY, unit: [HOUR, 'h'] },
  { below: 8 * DAY, unit: [DAY, 'd'], and: [HOUR, 'h'] },
  { below: 2 * YEAR, unit: [DAY, 'd'] },
  { below: 8 * YEAR, unit: [YEAR, 'y'], and: [DAY, 'd'] },
  { below: Infinity, unit: [YEAR, 'y'] },
];

/** How long something lasts, as kubectl's tables show it (k8s.io/apimachinery duration.HumanDuration). */
export function humanDuration(milliseconds: number): string {
  if (milliseconds <= -2 * SECOND) return '<invalid>';
  const age = Math.max(0, milliseconds);
  const step = STEPS.find(({ below }) => age < below);
  if (step === undefined) return '<invalid>';
  const [size, name] = step.unit;
  const whole = `${Math.floor(age / size)}${name}`;
  if (step.and === undefined) return whole;
  const rest = Math.floor((age % size) / step.and[0]);
  return rest === 0 ? whole : `${whole}${rest}${step.and[1]}`;
}
