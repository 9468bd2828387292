import assert from "node:assert/strict";
import type { OperationKind } from "../../../src/operation/operation.ts";
import type { AdminClient, Answer } from "../../lab/kubernetes/admin-client.ts";
import { patchType } from "../../lab/kubernetes/admin-client.ts";
import { collectionPath } from "../../lab/kubernetes/resources.ts";
import { daemonSet, deployment, statefulSet } from "../../lab/kubernetes/seed.ts";

type Fields = Readonly<Record<string, unknown>>;

interface Given {
  readonly place: string;
  readonly admin: () => AdminClient;
  /** Whoever holds a token of the account of this operation. */
  readonly holderOf: (operation: OperationKind) => Promise<AdminClient>;
}

const kinds = ["Deployment", "StatefulSet", "DaemonSet"] as const;
const named = { annotations: { "countersign.dev/request": "r-1", "countersign.dev/digest": "d" } };
const strategic = patchType("strategic");

/** What a thief of a token that changes workloads cannot change of each kind of them. */
export function describeWorkloadGuards({ place, admin, holderOf }: Given): void {
  describe("over workloads of each kind", () => {
    const holders = new Map<OperationKind, AdminClient>();
    before(async () => {
      for (const draft of [deployment(place, "w", 1), statefulSet(place, "w", 1), daemonSet(place, "w")])
        await admin().create(collectionPath(draft.kind, place), draft);
      for (const operation of ["rollout-restart", "rollout-undo", "set-image"] as const)
        holders.set(operation, await holderOf(operation));
    });

    const patch = (operation: OperationKind, kind: string, body: Fields): Promise<Answer> => {
      const holder = holders.get(operation);
      assert.ok(holder);
      return holder.send("PATCH", `${collectionPath(kind, place)}/w?dryRun=All`, { body, contentType: strategic });
    };
    const taken = ({ status, body }: Answer) => assert.equal(status, 200, body.message);
    const refused = ({ status, body }: Answer, says: RegExp) => {
      assert.equal(status, 403, body.message);
      assert.match(body.message ?? "", says);
    };
    const image = { spec: { containers: [{ name: "w", image: "registry.example/w:2" }] } };
    const restarted = { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } } };
    const strategies = {
      Deployment: { strategy: { type: "Recreate", rollingUpdate: null } },
      StatefulSet: { updateStrategy: { type: "OnDelete", rollingUpdate: null } },
      DaemonSet: { updateStrategy: { type: "OnDelete", rollingUpdate: null } },
    };

    for (const kind of kinds) {
      it(`lets a restart of a ${kind} be one, and change nothing else`, async () => {
        const restart = (spec: Fields) => patch("rollout-restart", kind, { metadata: named, spec });
        taken(await restart({ template: restarted }));
        refused(await restart({ template: { ...restarted, ...image } }), /template.spec must stay/);
        refused(await restart({ template: restarted, ...strategies[kind] }), /[sS]trategy must stay as it is/);
        refused(await restart({ template: restarted, minReadySeconds: 9 }), /spec.minReadySeconds must stay/);
        refused(await restart({ template: restarted, revisionHistoryLimit: 0 }), /spec.revisionHistoryLimit must stay/);
      });

      it(`lets an undo of a ${kind} set the template, and nothing beside it`, async () => {
        const undo = (spec: Fields, metadata: Fields = named) => patch("rollout-undo", kind, { metadata, spec });
        taken(await undo({ template: image }));
        refused(await undo({ template: image }, {}), /must name the request/);
        refused(await undo({ template: image, ...strategies[kind] }), /[sS]trategy must stay as it is/);
        refused(await undo({ template: image, minReadySeconds: 9 }), /spec.minReadySeconds must stay/);
        if (kind !== "DaemonSet") refused(await undo({ template: image, replicas: 9 }), /spec.replicas must stay/);
        refused(await undo({ template: image }, { ...named, labels: { a: "b" } }), /metadata.labels must stay/);
      });

      it(`lets an undo of a ${kind} make its pods no other account, and share no more of their node`, async () => {
        const undo = (spec: Fields) => patch("rollout-undo", kind, { metadata: named, spec: { template: { spec } } });
        refused(await undo({ serviceAccountName: "admin" }), /template.spec.serviceAccountName must stay/);
        refused(await undo({ serviceAccount: "admin" }), /template.spec.serviceAccountName must stay/);
        for (const field of ["hostNetwork", "hostPID", "hostIPC"])
          refused(await undo({ [field]: true }), new RegExp(`template.spec.${field} must stay`));
      });
    }

    for (const kind of kinds)
      it(`lets a new image in a ${kind} be nothing but that, of containers that are there`, async () => {
        const set = (spec: Fields, template: Fields = {}, metadata: Fields = named) =>
          patch("set-image", kind, { metadata, spec: { template: { spec, ...template } } });
        const { containers } = image.spec;
        const [container] = containers;
        taken(await set({ containers }));
        refused(await set({ containers }, {}, {}), /must name the request/);
        refused(await set({ containers }, restarted), /spec.template.metadata must stay/);
        for (const field of ["command", "args"])
          refused(await set({ containers: [{ ...container, [field]: ["sh"] }] }), /of containers only the image/);
        const env = [{ name: "A", value: "b" }];
        refused(await set({ containers: [{ ...container, env }] }), /of containers only the image/);
        const privileged = { securityContext: { privileged: true } };
        refused(await set({ containers: [{ ...container, ...privileged }] }), /of containers only the image/);
        refused(
          await set({ containers: [{ ...container, imagePullPolicy: "Always" }] }),
          /of containers only the image/,
        );
        refused(await set({ containers: [{ name: "more", image: "evil:1" }] }), /of containers only the image/);
        const renamed = [
          { name: "w", $patch: "delete" },
          { name: "v", image: "evil:1" },
        ];
        refused(await set({ containers: renamed }), /of containers only the image/);
        refused(await set({ initContainers: [{ name: "more", image: "evil:1" }] }), /of initContainers only the image/);
        refused(
          await set({ containers, serviceAccountName: "admin" }),
          /spec.template.spec.serviceAccount\w* must stay/,
        );
        refused(await set({ containers, hostNetwork: true }), /spec.template.spec.hostNetwork must stay/);
        const body = { metadata: named, spec: { minReadySeconds: 9, template: image } };
        refused(await patch("set-image", kind, body), /spec.minReadySeconds must stay/);
      });

    it("lets the account of restarts change no StatefulSet's partition: that would let more pods go", async () => {
      const partition = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } };
      refused(
        await patch("rollout-restart", "StatefulSet", { metadata: named, spec: { template: restarted, ...partition } }),
        /spec.updateStrategy must stay as it is/,
      );
    });
  });
}
