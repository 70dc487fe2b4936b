import { aggregate, invalid, isObject, own, type FieldError, type JsonObject } from '@kcp/api-machinery';
import { parseYaml } from '@kcp/apiserver';
import { readOptionFile } from './option-file.ts';

/** Where traces go, and how many (apiserver.config.k8s.io TracingConfiguration). */
export interface TracingConfiguration {
  readonly endpoint?: string;
  readonly samplingRatePerMillion: number;
}

const GROUP = 'apiserver.config.k8s.io';
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];
const FIELDS = new Set(['apiVersion', 'kind', 'endpoint', 'samplingRatePerMillion']);
const SCHEMES = ['dns', 'unix', 'unix-abstract', 'http', 'https'];
const MILLION = 1_000_000;

/** Reads kube-apiserver's `--tracing-config-file`. Rejects with OptionFileError, which names the file. */
export function readTracingConfiguration(file: string): Promise<TracingConfiguration> {
  return readOptionFile(file, (bytes) => parseTracingConfiguration(bytes.toString('utf8')));
}

/** Reads the text of a configuration, YAML or JSON. Throws an error that says what is wrong, in kube-apiserver's words. */
export function parseTracingConfiguration(text: string): TracingConfiguration {
  const { value, duplicates } = parseYaml(text);
  if (!isObject(value) || duplicates.length > 0)
    throw new Error(`unable to decode tracing configuration data: ${duplicates[0] ?? 'it is no object'}`);
  checkKind(value);
  const unknown = Object.keys(value).find((name) => !FIELDS.has(name));
  if (unknown !== undefined)
    throw new Error(`unable to decode tracing configuration data: unknown field ${JSON.stringify(unknown)}`);
  const endpoint = own(value, 'endpoint') ?? undefined;
  const rate = own(value, 'samplingRatePerMillion') ?? 0;
  if ((endpoint !== undefined && typeof endpoint !== 'string') || typeof rate !== 'number' || !Number.isInteger(rate))
    throw new Error(
      'unable to decode tracing configuration data: endpoint must be a text, samplingRatePerMillion a whole number',
    );
  const errors = [...rateErrors(rate), ...(endpoint === undefined ? [] : endpointErrors(endpoint))];
  if (errors.length > 0) throw new Error(`failed to validate tracing configuration: ${aggregate(errors)}`);
  return { samplingRatePerMillion: rate, ...(endpoint !== undefined && { endpoint }) };
}

function checkKind(value: JsonObject): void {
  const [kind, apiVersion] = [own(value, 'kind'), own(value, 'apiVersion')];
  if (kind === 'TracingConfiguration' && VERSIONS.some((version) => apiVersion === `${GROUP}/${version}`)) return;
  throw new Error(
    `unable to decode tracing configuration data: it must be a TracingConfiguration of ${GROUP}/${VERSIONS.join(', ')}`,
  );
}

function rateErrors(rate: number): readonly FieldError[] {
  const field = 'samplingRatePerMillion';
  if (rate < 0) return [invalid(field, rate, 'sampling rate must be positive')];
  if (rate <= MILLION) return [];
  return [invalid(field, rate, 'sampling rate per million must be less than or equal to one million')];
}

/** As the original, which knows gRPC's names only; `http` and `https` are OTLP over HTTP. */
function endpointErrors(endpoint: string): readonly FieldError[] {
  const full = endpoint.includes('//') ? endpoint : `dns://${endpoint}`;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(full)?.[1] ?? '';
  if (SCHEMES.includes(scheme)) return URL.canParse(full) ? [] : [invalid('endpoint', full, 'it is no URL')];
  return [
    invalid(
      'endpoint',
      full,
      `unsupported scheme: ${scheme}.  Options are none, dns, unix, unix-abstract, http, or https`,
    ),
  ];
}
