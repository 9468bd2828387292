import { readFile, writeFile } from "node:fs/promises";
import { approve, ask, prove, reach } from "../lab/acting.ts";
import type { Lab } from "../lab/lab.ts";
import { alice, approvals, incident, type LabPersonage, people, team } from "../lab/people.ts";

/** A person with one pair of hands: what they do, they do one after the other. */
export interface Person extends LabPersonage {
  /** Runs `act` when all that was begun before is over. */
  busy<T>(act: () => Promise<T>): Promise<T>;
}

/** Everybody who takes part in a run. */
export interface Crowd {
  readonly requester: Person;
  /** Two and two: each change is put before a pair. */
  readonly pairs: readonly (readonly [Person, Person])[];
}

/** Tiers whose proofs last: a phone shows two codes a minute, and a run asks for several requests a second. */
export const policy = `tiers:
  routine: {}
  privileged: { stepUp: { within: 24h }, approvals: { count: 1, from: [sre], stepUp: { within: 24h } } }
  critical: { stepUp: { within: 24h }, approvals: { count: 2, from: [sre], stepUp: { within: 24h } } }
permit:
  - { name: engineers read, subjects: ["group:engineering"], operations: ["@read"], tier: routine }
  - { name: on-call operates, subjects: ["group:oncall"], operations: ["@change"], tier: privileged }
raise:
  - { name: payments, operations: ["@change"], labels: { team: [payments] }, tier: critical }
`;

function approver(number: number): LabPersonage {
  const name = `sre-${number}`;
  return { id: `U0SRE${number}`, name, realName: `SRE ${number}`, sub: `${name}@example.com`, role: "SRE" };
}

/** Alice, and as many pairs of approvers as are wanted; each has proved presence once before this resolves. */
export async function gather(lab: Lab, pairs: number): Promise<Crowd> {
  const approvers = Array.from({ length: pairs * 2 }, (_, i) => approver(i + 1));
  const everybody = [...people, ...approvers].map(({ id }) => id);
  for (const one of approvers) lab.slack.addPerson(one);
  for (const { id } of [incident, approvals]) lab.slack.changeChannel(id, { members: everybody });
  const known = await readFile(lab.directoryFile, "utf8");
  const added = approvers.map(({ sub, id }) => `  ${sub}: { groups: [engineering, sre], slack: [${team}/${id}] }\n`);
  await writeFile(lab.directoryFile, `${known}${added.join("")}`);

  const [own, ...phones] = await Promise.all([alice, ...approvers].map(({ sub }) => lab.enrol(sub)));
  if (!own) throw new Error("nobody has a phone");
  for (const [i, phone] of phones.entries()) {
    const one = approvers[i];
    if (!one || i % 2 > 0) continue;
    const other = approvers[i + 1] ?? one;
    const id = await ask(lab, alice, incident, "/k8s rollout restart deploy/checkout -n prod -- warming up");
    if (i === 0) await prove(lab, alice, own, id);
    await reach(lab, id, "awaiting-approval");
    await approve(lab, one, phone, id);
    await approve(lab, other, phones[i + 1] ?? phone, id);
    await reach(lab, id, "succeeded");
  }
  const bodies = approvers.map(withHands);
  return {
    requester: withHands(alice),
    pairs: bodies.flatMap((one, i) => {
      const other = bodies[i + 1];
      return i % 2 === 0 && other ? [[one, other] as const] : [];
    }),
  };
}

function withHands(one: LabPersonage): Person {
  let before: Promise<unknown> = Promise.resolve();
  return {
    ...one,
    busy(act) {
      const done = before.then(act);
      before = done.catch(() => undefined);
      return done;
    },
  };
}
