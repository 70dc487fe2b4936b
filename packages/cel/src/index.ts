export type { Checked, Reference } from './check/checker.ts';
export { declare } from './check/declaration.ts';
export type {
  FunctionDeclaration,
  Implementation,
  Library,
  Overload,
  VariableDeclaration,
} from './check/declaration.ts';
export { Environment } from './check/environment.ts';
export type { EnvironmentOptions } from './check/environment.ts';
export type { StructDeclaration, TypeProvider } from './check/provider.ts';
export { compile } from './compile.ts';
export type { Compilation, CompileOptions, CompileResult } from './compile.ts';
export { estimateCost } from './cost/estimate.ts';
export type { SizeOf } from './cost/estimate.ts';
export type { Interval } from './cost/interval.ts';
export { authorizerType, authorizerValue, resourceCheckType, resourceCheckValue } from './kubernetes/authorizer.ts';
export type { AuthorizationAnswer, AuthorizationQuestion, Authorize } from './kubernetes/authorizer.ts';
export { kubernetesEnvironment } from './kubernetes/environment.ts';
export { kubernetesLibraries, perCallLimit, perRequestLimit } from './kubernetes/libraries.ts';
export { bindingsLibrary, encodersLibrary, twoVariableLibrary } from './library/extensions.ts';
export { listsLibrary, setsLibrary } from './library/lists.ts';
export { mathLibrary } from './library/math.ts';
export { optionalLibrary } from './library/optional.ts';
export { standardLibrary } from './library/standard.ts';
export { latestStringsLibrary, stringsLibrary } from './library/strings.ts';
export type { Bindings } from './run/frame.ts';
export { Paused } from './run/journal.ts';
export { Program, ProgramRun } from './run/program.ts';
export type { EvaluationError, Outcome, RunOptions } from './run/program.ts';
export { declareSchema, maxCardinality } from './schema/declare.ts';
export type { SchemaTypes } from './schema/declare.ts';
export type { DeclaredField, DeclaredType } from './schema/declared-type.ts';
export { escapeName } from './schema/escape.ts';
export { dynamicValue, valueFromJson } from './schema/from-json.ts';
export type { Schema } from './schema/schema.ts';
export { jsonFromValue } from './schema/to-json.ts';
export { declaredSizes } from './schema/size.ts';
export type { Issue } from './syntax/issue.ts';
export { CelType, listType, mapType, opaqueType, optionalType, structType, types } from './values/type.ts';
export { Fault } from './values/fault.ts';
export { Duration, Timestamp } from './values/time.ts';
export {
  ArrayList,
  Double,
  itemsOf,
  ListValue,
  MapValue,
  OpaqueValue,
  Optional,
  StructValue,
  typeOf,
  Uint,
} from './values/value.ts';
export type { Value } from './values/value.ts';
