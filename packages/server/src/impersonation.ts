import { attributesOf, type Exchange, type Impersonate } from '@kcp/apiserver';
import { asksForImpersonation, impersonate, type Authorizer, type UserInfo } from '@kcp/auth';

/** Becomes the user that impersonation headers name; most requests have none, and cost a look at their headers' names. */
export function impersonation(authorize: Authorizer): Impersonate {
  return (user, exchange) => (asksForImpersonation(exchange.request.headers()) ? become(exchange, authorize) : user);
}

async function become(exchange: Exchange, authorize: Authorizer): Promise<UserInfo> {
  const headers = exchange.request.headers();
  return (await impersonate({ headers, attributes: attributesOf(exchange), authorize })) ?? exchange.user;
}
