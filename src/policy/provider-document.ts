import { z } from "zod";
import { type PresetName, type PushWays, presetNames, presets } from "./provider-presets.ts";
import { duration } from "./shapes.ts";
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
  /** Absent: nobody proves presence by logging in there anew. */
  readonly login?: true;
  /** Absent: groups stand in the directory alone. */
  readonly groups?: GroupClaim;
  /** Absent: no push goes through Duo. */
  readonly duo?: DuoAccount;
  /** Absent: no push goes through Okta's direct authentication. */
  readonly okta?: DirectWays;
}

/** Groups as the provider says them in its ID tokens. */
export interface GroupClaim {
  readonly claim: string;
  /** How old such a token may be, in ms: as long as the provider cannot be asked anew, and when the worker looks. */
  readonly freshMs: number;
  /** The provider's name of a group -> ours; absent: they are the same. What is not in it is no group. */
  readonly named?: ReadonlyMap<string, string>;
}

/** An Auth API application of Duo's; its secret is web's alone. */
export interface DuoAccount {
  /** `api-xxxxxxxx.duosecurity.com`. */
  readonly host: string;
  readonly integrationKey: string;
}

/** Okta's direct authentication. */
export interface DirectWays {
  /** The methods of which a token must name one (RFC 8176). */
  readonly amr: readonly [string, ...string[]];
  /** How long a push may be answered, in seconds. */
  readonly seconds: number;
}

const token = z.string().regex(/^[\x21-\x7e]{1,255}$/, "has up to 255 printable characters without blanks");
/** What a device shows of itself in `amr` (RFC 8176 section 2). A password, a code or a call is not what is asked for. */
const possessed = ["hwk", "oob", "pop", "swk"] as const;
const groupName = z.string().regex(/^(?!group:)[^*]{1,255}$/, "is the name of a group alone");
const schema = z.strictObject({
  preset: z.enum(presetNames),
  issuer: z.string(),
  clientId: token,
  clientAuth: z.enum(["basic", "post"]).optional(),
  acr: z
    .array(token.refine((acr) => !acr.endsWith(":ifpossible"), "what is asked for if possible is not asked for"))
    .min(1)
    .optional(),
  /** `false`: none goes through it, though it has CIBA. */
  push: z
    .union([
      z.literal(false),
      z.strictObject({
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
      }),
    ])
    .optional(),
  /** There is nothing to say of it but that it counts. */
  login: z.strictObject({}).optional(),
  groups: z
    .strictObject({
      claim: token,
      freshFor: duration.optional(),
      named: z.record(token, groupName).optional(),
    })
    .optional(),
  duo: z
    .strictObject({
      host: z.string(),
      integrationKey: z.string().regex(/^DI[A-Z0-9]{18}$/, "has 20 letters and digits, and begins with DI"),
    })
    .optional(),
  okta: z
    .strictObject({
      amr: z
        .array(z.enum(possessed, `is one of ${possessed.join(", ")}`))
        .min(1)
        .optional(),
      seconds: z.int().min(30).max(300, "is at most 300, as long as Okta waits").optional(),
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
  if (value.groups && !value.login) fault("groups", "groups are read when somebody logs in: say `login: {}` too");
  if (value.groups?.freshFor !== undefined && value.groups.freshFor > mostFresh)
    fault("groups", "freshFor is at most 1h: so long whom the provider lets go could still act");
  if (value.okta && name !== "okta") fault("okta", `${name} is not Okta`);
  const strange = value.duo && hostFault(value.duo.host, plain);
  if (strange) faults.push({ ...at(["duo", "host"]), says: `duo.host: ${strange}` });
  const [first, ...others] = value.acr ?? preset.acr;
  if (first === undefined) fault("acr", `${name} has no usual one: name those that count, the one to ask for first`);
  if (first === undefined || faults.length > 0) return { faults };
  const push = value.push === false ? undefined : preset.push && pushOf(preset.push, value.push);
  return {
    ...{ preset: name, issuer, clientId, clientAuth: clientAuth ?? preset.clientAuth, acr: [first, ...others] },
    ...(push ? { push } : {}),
    ...(value.login ? { login: true as const } : {}),
    ...(value.groups ? { groups: groupsOf(value.groups) } : {}),
    ...(value.duo ? { duo: value.duo } : {}),
    ...(value.okta ? { okta: directOf(value.okta) } : {}),
  };
}

function pushOf(
  usual: PushWays,
  { hint, expiry, seconds, text = {} }: Exclude<NonNullable<Written["push"]>, false> = {},
): PushWays {
  return {
    hint: hint ?? usual.hint,
    expiry: expiry ?? usual.expiry,
    seconds: seconds ?? usual.seconds,
    text: { limit: text.limit ?? usual.text.limit, charset: text.charset ?? usual.text.charset },
  };
}

const mostFresh = 3_600_000;

function groupsOf({ claim, freshFor = 600_000, named }: NonNullable<Written["groups"]>): GroupClaim {
  return { claim, freshMs: freshFor, ...(named ? { named: new Map(Object.entries(named)) } : {}) };
}

function directOf({ amr, seconds = 120 }: NonNullable<Written["okta"]>): DirectWays {
  const [first = "swk", ...others] = amr ?? possessed;
  return { amr: [first, ...others], seconds };
}

/** Duo's alone: whoever names the host is who says yes. */
function hostFault(host: string, plain: boolean): string | undefined {
  if (/^api-[a-z0-9]{4,20}\.duo(security|federal)\.com$/.test(host)) return undefined;
  return plain && /^127\.0\.0\.1:\d{1,5}$/.test(host) ? undefined : "is Duo's, such as api-1a2b3c4d.duosecurity.com";
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
