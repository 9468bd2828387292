import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { AppsManifestCreateArguments } from "@slack/web-api";
import { parse } from "yaml";

type Manifest = AppsManifestCreateArguments["manifest"];

const text = readFileSync(new URL("../../../manifests/slack-app.yaml", import.meta.url), "utf8");
const manifest: Manifest = parse(text);

describe("manifests/slack-app.yaml", () => {
  it("is a manifest in the words of Slack's own type", () => {
    // Written out so that the compiler holds every name and scope to the type.
    const expected = {
      _metadata: { major_version: 1, minor_version: 1 },
      display_information: {
        name: "Countersign",
        description: "Privileged Kubernetes operations, proved, countersigned, run once, on the record.",
        background_color: "#1f2937",
      },
      features: {
        bot_user: { display_name: "countersign", always_online: true },
        slash_commands: [
          {
            command: "/k8s",
            description: "Ask for an operation on a cluster",
            usage_hint: "rollout restart deploy/NAME -n NAMESPACE -- REASON | get pods -n NAMESPACE | help",
            should_escape: true,
          },
        ],
      },
      oauth_config: {
        scopes: {
          bot: [
            "commands",
            "chat:write",
            "users:read",
            "channels:read",
            "groups:read",
            "im:write",
            "channels:history",
            "groups:history",
            "usergroups:read",
          ],
        },
      },
      settings: {
        interactivity: { is_enabled: true },
        org_deploy_enabled: false,
        socket_mode_enabled: true,
        token_rotation_enabled: false,
      },
    } satisfies Manifest;
    assert.deepEqual(manifest, expected);
  });

  it("keeps within Slack's lengths", () => {
    const { display_information: shown, features } = manifest;
    assert.ok(shown.name.length <= 35 && (shown.description ?? "").length <= 140);
    for (const { command, description, usage_hint } of features?.slash_commands ?? []) {
      assert.ok(command.length <= 32 && description.length <= 2_000 && (usage_hint ?? "").length <= 1_000);
    }
  });

  it("asks to read no direct message, to hear nothing, and to post nowhere it was not invited", () => {
    const scopes = manifest.oauth_config?.scopes?.bot ?? [];
    const refused = ["im:history", "mpim:history", "app_mentions:read", "chat:write.public"];
    assert.deepEqual(
      scopes.filter((scope) => refused.includes(scope)),
      [],
    );
    assert.equal(manifest.settings?.event_subscriptions, undefined);
  });
});
