// Stands in for what the types of koa, which those of oidc-provider name, still expect of an older content-disposition.
import "content-disposition";

declare module "content-disposition" {
  interface Options {
    readonly type?: string;
    readonly fallback?: string | boolean;
  }
}
