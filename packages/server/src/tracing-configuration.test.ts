import { describe, expect, it } from '@jest/globals';
import { parseTracingConfiguration } from './tracing-configuration.ts';

const text = (rest: string, version = 'v1beta1'): string =>
  `apiVersion: apiserver.config.k8s.io/${version}\nkind: TracingConfiguration\n${rest}`;

describe('a tracing configuration', () => {
  it.each(['v1', 'v1beta1', 'v1alpha1'])('is read in version %s', (version) => {
    const read = parseTracingConfiguration(text('endpoint: localhost:4317\nsamplingRatePerMillion: 100\n', version));
    expect(read).toEqual({ endpoint: 'localhost:4317', samplingRatePerMillion: 100 });
  });
  it('may leave everything to defaults', () => {
    expect(parseTracingConfiguration(text(''))).toEqual({ samplingRatePerMillion: 0 });
  });
  it.each([
    'dns:///collector:4317',
    'unix:///run/otel.sock',
    'http://127.0.0.1:4318',
    'https://otel.example/v1/traces',
  ])('may send to %s', (endpoint) => {
    expect(parseTracingConfiguration(text(`endpoint: ${endpoint}`)).endpoint).toBe(endpoint);
  });
  it.each([
    [text('samplingRatePerMillion: -1'), 'samplingRatePerMillion: Invalid value: -1: sampling rate must be positive'],
    [text('samplingRatePerMillion: 1000001'), 'sampling rate per million must be less than or equal to one million'],
    [text('endpoint: ftp://a'), 'endpoint: Invalid value: "ftp://a": unsupported scheme: ftp.'],
    [text('endpoint: 7'), 'endpoint must be a text'],
    [text('samplingRatePerMillion: 0.5'), 'a whole number'],
    [text('sampling: 1'), 'unknown field "sampling"'],
    [text('endpoint: a\nendpoint: b'), 'unable to decode tracing configuration data'],
    [
      'kind: TracingConfiguration',
      'it must be a TracingConfiguration of apiserver.config.k8s.io/v1, v1beta1, v1alpha1',
    ],
    ['- a', 'it is no object'],
  ])('%j is refused', (wrong, message) => {
    expect(() => parseTracingConfiguration(wrong)).toThrow(message);
  });
});
