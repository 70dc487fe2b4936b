import { ApiError } from '@kcp/api-machinery';
import { ConnectionError, KubeconfigError } from '@kcp/client';
import { genericRefusal } from './refusal.ts';
import { messageOf } from './thrown.ts';

/**
 * What a failure is called at the terminal: the server's own words for what it refuses, as kubectl prints them; for everything else
 * also what to do next.
 */
export function explainFailure(error: unknown): string {
  if (error instanceof ConnectionError) return `${error.message}\n${hint(error)}`;
  if (error instanceof ApiError && error.code === 401)
    return `${error.message}\nThe kubeconfig's credentials are not accepted: look at "kubectl config view --minify".`;
  // no Status of an object that is missing: there is nothing at the path, and the body is some text
  if (error instanceof ApiError && error.code === 404 && error.details === undefined)
    return genericRefusal(error).message;
  if (error instanceof KubeconfigError) return `${error.message}${kubeconfigHint(error)}`;
  return messageOf(error);
}

function hint({ phase }: ConnectionError): string {
  if (phase === 'untrusted')
    return "The server's certificate is not trusted: is the kubeconfig of this server, and of this start of it?";
  if (phase === 'timeout')
    return 'The server did not answer in time: try again, or give it longer with --request-timeout.';
  if (phase === 'unsent')
    return 'Is the server running, and is this its address? "kubectl config view --minify" shows the one in use.';
  return 'The connection was lost on the way: try again.';
}

/** Of a kubeconfig that has no file, or whose file does not matter, another one is what helps. */
function kubeconfigHint({ file }: KubeconfigError): string {
  return file === undefined
    ? '\nName a kubeconfig with --kubeconfig or KUBECONFIG, or choose a context with "kubectl config use-context".'
    : '';
}
