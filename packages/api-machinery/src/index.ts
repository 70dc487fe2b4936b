export {
  alreadyExists,
  ApiError,
  badRequest,
  conflict,
  expired,
  forbiddenResource,
  invalidObject,
  notFound,
  reasonCodes,
} from './api-error.ts';
export type { ApiErrorOptions, Reason, StatusCause, StatusDetails } from './api-error.ts';
export { addErrors, aggregate, childPath, duplicate, forbidden, internalError } from './field-error.ts';
export { invalid, itemPath } from './field-error.ts';
export { notFoundField, notSupported, required, tooLong, tooMany, typeInvalid } from './field-error.ts';
export type { FieldError, FieldErrorType } from './field-error.ts';
export {
  asJson,
  listAt,
  numberAt,
  objectAt,
  objectsAt,
  optionalObjectAt,
  textAt,
  textEntriesAt,
  textsAt,
  withField,
} from './fields.ts';
export { formatFieldSelector, matchesFields, parseFieldSelector, requiredField } from './field-selector.ts';
export type { FieldRequirement, FieldSelector } from './field-selector.ts';
export { generateName } from './generate-name.ts';
export type { RandomBelow } from './generate-name.ts';
export {
  byCodePoint,
  byCodeUnit,
  canonicalJson,
  GO_ESCAPES,
  goJson,
  goStringList,
  isInt64,
  isPrintable,
  quote,
} from './go-format.ts';
export { parseGoBool } from './go-bool.ts';
export { showFloat, showNumber, showValue, untyped, utf8Length } from './go-format.ts';
export { humanDuration } from './human-duration.ts';
export { compareVersions, formatApiVersion, formatGroupResource, parseApiVersion } from './group-version.ts';
export type { GroupResource, GroupVersion, GroupVersionKind, GroupVersionResource } from './group-version.ts';
export { clone, equal, isArray, isObject, own, parseJson, put, stringifyJson } from './json.ts';
export type { Json, JsonObject, MutableJsonObject } from './json.ts';
export type { LabelOperator, LabelRequirement } from './label-requirement.ts';
export {
  everything,
  formatLabelSelector,
  matchesLabels,
  nothing,
  selectorFromLabelSelector,
} from './label-selector.ts';
export type { LabelSelector, LabelSet } from './label-selector.ts';
export { parseLabelSelector } from './label-selector-parser.ts';
export { isConfigMapKey, isDns1035Label, isDns1123Label, isDns1123Subdomain, isLabelValue } from './name-validation.ts';
export { isPathSegment, isQualifiedName, regexMessage } from './name-validation.ts';
export { nameIsDns1035Label, nameIsDnsLabel, nameIsDnsSubdomain } from './name-validation.ts';
export type { NameValidator } from './name-validation.ts';
export type { KubeObject, ObjectMeta, OwnerReference } from './object-meta.ts';
export { validateAnnotations, validateFieldManager, validateFinalizers } from './object-meta-validation.ts';
export { validateImmutableField, validateLabels, validateManagedFields } from './object-meta-validation.ts';
export { validateObjectMeta, validateObjectMetaUpdate } from './object-meta-validation.ts';
export type { ObjectMetaRules } from './object-meta-validation.ts';
export { validateOwnerReferences } from './owner-reference-validation.ts';
export { asInteger, canonicalQuantity, formatQuantity, parseQuantity, zeroQuantity } from './quantity.ts';
export type { Quantity } from './quantity.ts';
export { addQuantities, compareQuantities, quantityOf, subtractQuantities } from './quantity-arithmetic.ts';
export type { QuantityFormat } from './quantity-suffix.ts';
export { decodePlain, decodeStrict, MAX_JSON_DEPTH } from './strict-json.ts';
export type { DecodedJson } from './strict-json.ts';
export { formatMicroTime, formatTime, instantOf, parseMicroTime, parseTime } from './time.ts';
export type { Instant } from './time.ts';
export { uidFrom } from './uid.ts';
