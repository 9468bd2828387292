import { z } from "zod";
import { type PresetName, type PushWays, presetNames, presets } from "./provider-presets.ts";
import { type DocumentFault, readYaml } from "./yaml-document.ts";

/** The identity provider as both processes know it. Nothing in it is secret: the client's secret is web's alone. */
export interface Provider {
  readonly preset: PresetName;
  /** As it stands in `iss`, to the last character. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuth: "basic" | "post";
  /** The authentication contexts that count; the first is asked for. A token with any other proves nothing. */
  readonly acr: readonly [string, ...string[]];
  /** Absent: no push goes through this provider. */
  readonly push?: PushWays;
}

const token = z.string().regex(/^[\x21-\x7e]{1,255}$/, "has up to 255 printable characters without blanks");
const schema = z.strictObject({
  preset: z.enum(presetNames),
  issuer: z.string(),
  clientId: token,
  clientAuth: z.enum(["basic", "post"]).optional(),
  acr: z
    .array(token.refine((acr) => !acr.endsWith(":ifpossible"), "what is asked for if possible is not asked for"))
    .min(1)
    .optional(),
  push: z
    .strictObject({
      hint: z.enum(["sub", "iss_sub"]).optional(),
      expiry: z.enum(["requested_expiry", "request_expiry"]).optional(),
      seconds: z.int().min(30).max(600, "is at most 600 (NIST SP 800-63B-4 section 3.1.3.1)").optional(),
      text: z
        .strictObject({
          // The code, what it is for, and enough of the command to know it by.
          limit: z.int().min(40, "is at least 40, or nobody could tell what a push is for").max(500).optional(),
          charset: z.enum(["text", "words"]).optional(),
        })
        .optional(),
    })
    .optional(),
});
type Written = z.infer<typeof schema>;

/**
 * Reads a provider's document. `plain` = an issuer on loopback may be plain http, as in the demo; every other is https.
 */
export function readProvider(
  text: string,
  { plain = false }: { readonly plain?: boolean } = {},
): Provider | { readonly faults: readonly DocumentFault[] } {
  const reading = readYaml(text, schema);
  if ("faults" in reading) return reading;
  const { value, at } = reading;
  const { preset: name, issuer, clientId, clientAuth } = value;
  const preset = presets[name];
  const faults: DocumentFault[] = [];
  const fault = (key: string, says: string) => faults.push({ ...at([key]), says: `${key}: ${says}` });
  const wrong = issuerFault(issuer, plain);
  if (wrong) fault("issuer", wrong);
  if (value.push && !preset.push) fault("push", `${name} has no CIBA, so there is nothing to say of pushes`);
  const [first, ...others] = value.acr ?? preset.acr;
  if (first === undefined) fault("acr", `${name} has no usual one: name those that count, the one to ask for first`);
  if (first === undefined || faults.length > 0) return { faults };
  const push = preset.push && pushOf(preset.push, value.push);
  return {
    ...{ preset: name, issuer, clientId, clientAuth: clientAuth ?? preset.clientAuth, acr: [first, ...others] },
    ...(push ? { push } : {}),
  };
}

function pushOf(usual: PushWays, { hint, expiry, seconds, text = {} }: NonNullable<Written["push"]> = {}): PushWays {
  return {
    hint: hint ?? usual.hint,
    expiry: expiry ?? usual.expiry,
    seconds: seconds ?? usual.seconds,
    text: { limit: text.limit ?? usual.text.limit, charset: text.charset ?? usual.text.charset },
  };
}

const loopback = /^(127\.0\.0\.1|\[::1\]|localhost)$/;

/** OpenID Connect Discovery 1.0 section 3: https, without query or fragment. */
function issuerFault(issuer: string, plain: boolean): string | undefined {
  const url = URL.parse(issuer);
  if (!url) return "is an address, such as https://id.example.com";
  if (url.username || url.password || url.search || url.hash) return "has neither a name nor a query nor a fragment";
  if (url.protocol === "https:") return undefined;
  if (url.protocol === "http:" && plain && loopback.test(url.hostname)) return undefined;
  return "must be https";
}
