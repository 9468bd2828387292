// Stands in for what the types of koa, which those of oidc-provider name, still expect of an older content-disposition.
export {};

declare module "content-disposition" {
  interface Options {
    readonly type?: string;
    readonly fallback?: string | boolean;
  }
}
