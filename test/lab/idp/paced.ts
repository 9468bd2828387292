import type { KoaContextWithOIDC } from "oidc-provider";

/** What `oidc-provider` leaves out (facts/identity.md section 2, trap 5): an `interval` in its answer, and slow_down. */
export function paced(intervalSeconds: number) {
  const last = new Map<string, number>();
  let polls = 0;
  const isPoll = ({ oidc }: KoaContextWithOIDC) => oidc?.params?.["grant_type"] === "urn:openid:params:grant-type:ciba";
  return {
    polls: () => polls,
    async middleware(ctx: KoaContextWithOIDC, next: () => Promise<void>) {
      await next();
      if (ctx.path === "/backchannel" && ctx.status === 200 && typeof ctx.body === "object")
        ctx.body = { ...ctx.body, interval: intervalSeconds };
      if (ctx.path !== "/token" || !isPoll(ctx)) return;
      polls++;
      const id = String(ctx.oidc.params?.["auth_req_id"]);
      const before = last.get(id);
      last.set(id, Date.now());
      const pending = (ctx.body as { error?: string } | undefined)?.error === "authorization_pending";
      // A tenth is left to timers that are a little early.
      if (pending && before !== undefined && Date.now() - before < intervalSeconds * 900)
        ctx.body = { error: "slow_down", error_description: "asked too often" };
    },
  };
}
