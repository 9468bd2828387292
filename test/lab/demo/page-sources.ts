import type { Entry } from "../../../src/audit/chain.ts";
import { verifyTrail } from "../../../src/audit/verify.ts";
import type { Idp } from "../idp/idp.ts";
import type { Lab } from "../lab.ts";
import type { AuditLine, LabSources } from "../page/lab-page.ts";
import { people } from "../people.ts";
import type { Phone } from "../phone.ts";
import type { Administrator } from "./administrator.ts";
import type { DemoCluster } from "./demo-cluster.ts";

/** How many of the newest entries the page shows. */
const shown = 40;

/** What the lab's page shows of a running demo. */
export function pageSources(
  lab: Lab,
  cluster: DemoCluster,
  phones: Map<string, Phone>,
  administrator: Administrator,
): LabSources {
  return {
    slack: lab.slack,
    people: people.map(({ id, realName, role }) => ({ id, name: realName, role })),
    async phone(person) {
      const phone = phones.get(person);
      return phone ? [{ label: phone.label, ...phone.shown() }] : [];
    },
    async enrol(person) {
      phones.set(person, await lab.enrol(subOf(person)));
    },
    ...(lab.idp ? { pushes: pushesOf(lab.idp) } : {}),
    passkeys: {
      of: (person) => administrator.listed(subOf(person)),
      link: (person) => administrator.linkFor(subOf(person)),
      onChange: (listener) => administrator.onChange(listener),
    },
    cluster: () => cluster.workloads(),
    onClusterChange: (listener) => cluster.onChange(listener),
    async audit() {
      const lines: AuditLine[] = [];
      async function* noted(): AsyncGenerator<Entry> {
        for await (const entry of lab.trail.entries()) {
          lines.push(lineOf(entry));
          yield entry;
        }
      }
      const { entries, head, faults } = await verifyTrail(noted());
      return { entries: lines.slice(-shown).reverse(), count: entries, verified: faults.length === 0, head };
    },
  };
}

/** The newest, while it can be answered or its code may be wanted. */
function pushesOf(idp: Idp): NonNullable<LabSources["pushes"]> {
  return {
    of: (person) =>
      idp
        .inbox(subOf(person))
        .filter(({ expiresAt }) => expiresAt > Date.now())
        .map(({ id, text, state }) => ({ id, text, state }))
        .slice(-1),
    async answer(person, push, yes) {
      if (!idp.inbox(subOf(person)).some(({ id }) => id === push)) throw new Error("This push is not on this phone.");
      await (yes ? idp.approve(push) : idp.deny(push));
    },
    onChange: (listener) => idp.onChange(listener),
  };
}

function subOf(person: string): string {
  const sub = people.find(({ id }) => id === person)?.sub;
  if (sub === undefined) throw new Error(`nobody in the lab is ${person}`);
  return sub;
}

function lineOf({ seq, time, hash, body }: Entry): AuditLine {
  const { event } = JSON.parse(body) as { readonly event: { readonly kind: string; readonly request?: string } };
  return { seq, time, kind: event.kind, hash, ...(event.request === undefined ? {} : { request: event.request }) };
}
