import type { UserGroup } from "../directory.ts";
import type { Fields } from "../json.ts";
import type { Parts } from "../parts.ts";
import type { Channel, Person } from "../workspace.ts";

/** When everything in the workspace was made, in seconds: nothing here depends on it. */
const CREATED = 1_700_000_000;

export function userObject(person: Person, { app }: Parts): Fields {
  const { name, realName } = person;
  return {
    id: person.id,
    team_id: person.teamId ?? app.teamId,
    name,
    deleted: person.deleted ?? false,
    real_name: realName,
    tz: "Etc/UTC",
    tz_label: "Coordinated Universal Time",
    tz_offset: 0,
    profile: { real_name: realName, real_name_normalized: realName, display_name: name, display_name_normalized: name },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: (person.isRestricted || person.isUltraRestricted) ?? false,
    is_ultra_restricted: person.isUltraRestricted ?? false,
    is_bot: person.isBot ?? false,
    is_stranger: person.isStranger ?? false,
    is_app_user: false,
    is_workflow_bot: false,
    updated: CREATED,
  };
}

export function conversationObject(channel: Channel, parts: Parts): Fields {
  if (channel.isIm) return directChannelObject(channel, parts);
  const isPrivate = channel.isPrivate ?? false;
  const isExtShared = channel.isExtShared ?? false;
  const isOrgShared = channel.isOrgShared ?? false;
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !isPrivate,
    is_group: isPrivate,
    is_im: false,
    is_mpim: false,
    is_private: isPrivate,
    created: CREATED,
    creator: "USLACKBOT",
    is_archived: false,
    is_general: false,
    is_shared: isExtShared || isOrgShared,
    is_ext_shared: isExtShared,
    is_org_shared: isOrgShared,
    is_pending_ext_shared: channel.isPendingExtShared ?? false,
    pending_shared: [],
    context_team_id: parts.app.teamId,
    shared_team_ids: [parts.app.teamId],
    is_member: parts.directory.isIn(channel, parts.app.botUserId),
    topic: { value: "", creator: "", last_set: 0 },
    purpose: { value: "", creator: "", last_set: 0 },
    previous_names: [],
  };
}

function directChannelObject(channel: Channel, { app, directory }: Parts): Fields {
  const partner = directory.otherSideOf(channel);
  return {
    id: channel.id,
    created: CREATED,
    is_im: true,
    is_org_shared: false,
    is_archived: false,
    context_team_id: app.teamId,
    user: partner?.id,
    is_user_deleted: partner?.deleted ?? false,
    is_open: true,
  };
}

export function userGroupObject(group: UserGroup, withUsers: boolean, { app }: Parts): Fields {
  return {
    id: group.id,
    team_id: app.teamId,
    is_usergroup: true,
    is_subteam: true,
    name: group.handle,
    description: "",
    handle: group.handle,
    is_external: false,
    date_create: CREATED,
    date_update: CREATED,
    date_delete: group.disabled ? CREATED : 0,
    auto_type: null,
    created_by: "USLACKBOT",
    updated_by: "USLACKBOT",
    deleted_by: group.disabled ? "USLACKBOT" : null,
    prefs: { channels: [], groups: [] },
    user_count: group.members.length,
    ...(withUsers ? { users: group.members } : {}),
  };
}
