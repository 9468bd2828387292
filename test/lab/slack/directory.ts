import type { Installation } from "./installation.ts";
import type { Channel, Person } from "./workspace.ts";

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly members: readonly string[];
  readonly disabled: boolean;
}

/** Who and what is in the workspace: people, channels, user groups. */
export class Directory {
  readonly #app: Installation;
  readonly #changed: () => void;
  readonly #people = new Map<string, Person>();
  readonly #channels = new Map<string, Channel>();
  readonly #groups = new Map<string, UserGroup>();

  constructor(app: Installation, changed: () => void) {
    this.#app = app;
    this.#changed = changed;
    this.#people.set(app.botUserId, { id: app.botUserId, name: app.botName, realName: "Countersign", isBot: true });
  }

  people(): Person[] {
    return [...this.#people.values()];
  }

  channels(): Channel[] {
    return [...this.#channels.values()];
  }

  groups(): UserGroup[] {
    return [...this.#groups.values()];
  }

  person(id: string): Person | undefined {
    return this.#people.get(id);
  }

  channel(id: string): Channel | undefined {
    return this.#channels.get(id);
  }

  group(id: string): UserGroup | undefined {
    return this.#groups.get(id);
  }

  putPerson(person: Person): void {
    this.#people.set(person.id, person);
    this.#changed();
  }

  putChannel(channel: Channel): void {
    this.#channels.set(channel.id, channel);
    this.#changed();
  }

  putGroup(group: UserGroup): void {
    this.#groups.set(group.id, group);
    this.#changed();
  }

  /** Everybody in a channel, the app's bot too unless it was not invited. */
  membersOf(channel: Channel): string[] {
    const others = channel.members.filter((id) => id !== this.#app.botUserId);
    return channel.botAbsent ? others : [...others, this.#app.botUserId];
  }

  isIn(channel: Channel, personId: string): boolean {
    return this.membersOf(channel).includes(personId);
  }

  /** The person's conversation with the app, made when it does not exist yet. */
  directChannel(person: Person): Channel {
    const id = `D${person.id.slice(1)}`;
    const known = this.#channels.get(id);
    if (known) return known;
    const made: Channel = { id, name: "directmessage", isIm: true, isPrivate: true, members: [person.id] };
    this.putChannel(made);
    return made;
  }

  /** Who the app talks to in a direct channel. */
  otherSideOf(channel: Channel): Person | undefined {
    const [id] = channel.members;
    return id === undefined ? undefined : this.#people.get(id);
  }

  /** The name payloads carry: Slack hides those of private channels. */
  nameInPayloads(channel: Channel): string {
    if (channel.isIm) return "directmessage";
    return channel.isPrivate ? "privategroup" : channel.name;
  }
}
