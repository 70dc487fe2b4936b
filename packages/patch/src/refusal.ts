import { ApiError } from '@kcp/api-machinery';

/** 422 without a field: the patch is well formed but does not fit the object. The reason stays in the error's cause. */
export function doesNotApply(why: string): ApiError {
  return new ApiError('Invalid', 'the server rejected our request due to an error in our request', {
    details: {},
    cause: new Error(why),
  });
}

/** 500 without a reason, which is what Kubernetes answers where a strategic merge patch contradicts itself. */
export function brokenPatch(why: string): ApiError {
  return new ApiError('', why);
}
