import type { Channel, Person } from "./slack/workspace.ts";

/** A person of the lab: in Slack, and in the directory by the identity provider's `sub`. */
export interface LabPersonage extends Person {
  readonly sub: string;
  /** What they are here for, in a word or two. */
  readonly role: string;
}

export const team = "T0LAB";

export const alice: LabPersonage = {
  id: "U0ALICE",
  name: "alice",
  realName: "Alice Adams",
  sub: "alice@example.com",
  role: "On call",
};
export const bob: LabPersonage = {
  id: "U0BOB",
  name: "bob",
  realName: "Bob Brown",
  sub: "bob@example.com",
  role: "SRE",
};
export const carol: LabPersonage = {
  id: "U0CAROL",
  name: "carol",
  realName: "Carol Clark",
  sub: "carol@example.com",
  role: "Security",
};

export const people: readonly LabPersonage[] = [alice, bob, carol];

const everybody = people.map(({ id }) => id);
export const incident: Channel = { id: "C0INCIDENT", name: "incident-5xx", members: everybody };
export const approvals: Channel = { id: "C0APPROVALS", name: "approvals", members: everybody };
export const channels: readonly Channel[] = [incident, approvals];
