import type { Response } from '@kcp/http';
import type { Exchange } from '../exchange.ts';
import { respondText } from '../present/respond.ts';

/** One health check; the text says what is wrong, undefined that nothing is. */
export interface HealthCheck {
  readonly name: string;
  readonly check: () => string | undefined;
}

/** The three endpoints and the checks of each (k8s.io/apiserver healthz). */
export type HealthChecks = Readonly<Record<'healthz' | 'livez' | 'readyz', readonly HealthCheck[]>>;

/** Answers `/healthz`, `/livez` and `/readyz`, whole or one check of them; undefined for other paths. */
export function health(exchange: Exchange, checks: HealthChecks): Response | undefined {
  const [, endpoint = '', name, ...more] = exchange.path.split('/');
  if (endpoint !== 'healthz' && endpoint !== 'livez' && endpoint !== 'readyz') return undefined;
  if (more.length > 0 || name === '') return respondText(exchange, 404, '404 page not found\n');
  return name === undefined ? all(exchange, endpoint, checks[endpoint]) : one(exchange, name, checks[endpoint]);
}

function one(exchange: Exchange, name: string, checks: readonly HealthCheck[]): Response {
  const found = checks.find((check) => check.name === name);
  if (!found) return respondText(exchange, 404, '404 page not found\n');
  const problem = found.check();
  return problem === undefined
    ? respondText(exchange, 200, 'ok')
    : respondText(exchange, 500, `internal server error: ${problem}\n`);
}

function all(exchange: Exchange, endpoint: string, checks: readonly HealthCheck[]): Response {
  const excluded = new Set(exchange.query.all('exclude'));
  const lines: string[] = [];
  let failed = false;
  for (const { name, check } of checks) {
    if (excluded.delete(name)) {
      lines.push(`[+]${name} excluded: ok`);
      continue;
    }
    const problem = check();
    failed ||= problem !== undefined;
    lines.push(problem === undefined ? `[+]${name} ok` : `[-]${name} failed: reason withheld`);
  }
  if (excluded.size > 0) {
    const names = [...excluded].sort().map((name) => JSON.stringify(name));
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names.join(', ')}`);
  }
  if (failed) return respondText(exchange, 500, `${lines.join('\n')}\n${endpoint} check failed\n`);
  return respondText(
    exchange,
    200,
    exchange.query.has('verbose') ? `${lines.join('\n')}\n${endpoint} check passed\n` : 'ok',
  );
}
