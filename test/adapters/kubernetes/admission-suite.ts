import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { openCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { operationsNamespace, protectedNamespaces, renderAccounts } from "../../../src/operation/accounts.ts";
import { renderAdmission } from "../../../src/operation/admission.ts";
import { catalogue } from "../../../src/operation/catalogue.ts";
import { elevationEnd } from "../../../src/operation/elevation.ts";
import type { OperationKind } from "../../../src/operation/operation.ts";
import { type AdminClient, openAdminClient } from "../../lab/kubernetes/admin-client.ts";
import type { ClusterPeer } from "../../lab/kubernetes/peer.ts";
import { autoscaler, cronJob, deployment, job, namespace, statefulSet } from "../../lab/kubernetes/seed.ts";
import { describeWorkloadGuards } from "./admission-workloads.ts";
import { collectionOf, install, isRefusedByPolicy, workerTokenOf } from "./install.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a thief of the worker's token, or of an operation's, cannot do: for clusters that know admission policies. */
export function describeAdmission(name: string, start: (suite: Mocha.Context) => Promise<ClusterPeer>): void {
  describe(`the second lock on ${name}`, function () {
    this.timeout(60_000);
    const place = `admission-${process.pid}`;
    const path = `/apis/apps/v1/namespaces/${place}/deployments/api`;
    const scalers = `/apis/autoscaling/v2/namespaces/${place}/horizontalpodautoscalers`;
    const pods = `/api/v1/namespaces/${place}/pods`;
    const configMaps = `/api/v1/namespaces/${place}/configmaps`;
    const removable = [
      ["delete-deployment", path],
      ["delete-statefulset", `/apis/apps/v1/namespaces/${place}/statefulsets/db`],
      ["delete-job", `/apis/batch/v1/namespaces/${place}/jobs/once`],
      ["delete-configmap", `${configMaps}/settings`],
    ] as const;
    const cronJobs = `/apis/batch/v1/namespaces/${place}/cronjobs`;
    const operations = "/api/v1/namespaces/countersign-operations";
    const stamps = { "countersign.dev/request": "r-1", "countersign.dev/digest": "d" };
    const restart = { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } } } };
    let admin: AdminClient;
    let peer: ClusterPeer;
    let worker: AdminClient;
    let restarter: AdminClient;
    let elevator: AdminClient;
    let ender: AdminClient;
    let victim: string;
    let made = 0;

    const policies = renderAdmission() as unknown as Parameters<typeof collectionOf>[0][];

    before(async function () {
      peer = await start(this);
      admin = openAdminClient(peer);
      await install(admin, [namespace(place), ...renderAccounts({ namespaces: [place] })]);
      await install(admin, [
        deployment(place, "api", 1),
        autoscaler(place, "api", { minReplicas: 2, maxReplicas: 5 }),
        ...policies,
        ...protectedNamespaces.flatMap((one) => openByMistake(one)),
      ]);
      worker = admin.as(await workerTokenOf(admin));
      restarter = await holderOf("rollout-restart");
      const pod = {
        metadata: { name: "victim", namespace: place },
        spec: { containers: [{ name: "one", image: "none" }] },
      };
      await install(admin, openByMistake(place, [elevation.account, elevationEnd.account], mistakenRules));
      await admin.create(bindings, { ...binding(), metadata: { name: "standing" } });
      elevator = await holderOf("elevate");
      const { body } = await token(elevationEnd.account, 600);
      ender = admin.as(String((body["status"] as Fields)["token"]));
      victim = (await admin.create(pods, { apiVersion: "v1", kind: "Pod", ...pod })).metadata.uid;
      const [undoer, imager, bounder, pauser, resumer, evictor, forcer] = [
        await holderOf("rollout-undo"),
        await holderOf("set-image"),
        await holderOf("autoscale"),
        await holderOf("rollout-pause"),
        await holderOf("rollout-resume"),
        await holderOf("delete-pod"),
        await holderOf("delete-pod-force"),
      ];
      await admin.create(cronJobs, cronJob(place, "nightly"));
      const [jobMaker, suspender, waker] = [
        await holderOf("create-job"),
        await holderOf("suspend-cronjob"),
        await holderOf("resume-cronjob"),
      ];
      await admin.create("/api/v1/nodes", {
        ...{ apiVersion: "v1", kind: "Node", metadata: { name: place } },
        spec: { taints: [{ key: "countersign.dev/sample", effect: "NoSchedule" }] },
      });
      const schedulers = await Promise.all((["cordon", "uncordon", "drain"] as const).map(holderOf));
      await admin.create(`/apis/apps/v1/namespaces/${place}/statefulsets`, statefulSet(place, "db", 0));
      await admin.create(`/apis/batch/v1/namespaces/${place}/jobs`, job(place, "once", { suspend: true }));
      await admin.create(configMaps, { metadata: { name: "settings" } });
      const removers = await Promise.all(
        removable.map(async ([operation, at]) => [await holderOf(operation), at] as const),
      );
      const markers = await Promise.all(
        (["patch", "label", "annotate"] as const).map(async (operation) => [await holderOf(operation)] as const),
      );
      // A policy is in force about half a second after it was made, each for itself.
      const misuses = [
        () => secret({ type: "Opaque" }),
        () => configMap({}),
        () => token(catalogue.scale.account, 601),
        () => mistaken("kube-public"),
        () => tryRestart({ metadata: {} }),
        () => patchAs(undoer, { metadata: {} }),
        () => patchAs(imager, { metadata: {} }),
        () => patchBoundsAs(bounder, { metadata: {} }),
        () => patchAs(pauser, { spec: { paused: true } }),
        () => patchAs(resumer, { spec: { paused: true } }),
        () => evictAs(evictor),
        () => removeAs(forcer, `${pods}/victim`),
        () => patchCronJobAs(suspender, { spec: { suspend: false } }),
        () => patchCronJobAs(waker, { spec: { suspend: true } }),
        () => makeJobAs(jobMaker, {}),
        ...schedulers.map((holder) => () => patchNodeAs(holder, { spec: {} })),
        () => bindAs(elevator, {}),
        () => unbindAs(ender, "standing"),
        ...markers.map(
          ([holder]) =>
            () =>
              patchAs(holder, { spec: { replicas: 9 } }),
        ),
        ...removers.map(
          ([holder, at]) =>
            () =>
              removeAs(holder, at),
        ),
      ];
      assert.equal(misuses.length * 2, policies.length, "one misuse for each policy and its binding");
      for (const misuse of misuses) while (!isRefusedByPolicy(await misuse())) await sleep(100);
    });
    after(async () => {
      await admin?.send("DELETE", `/api/v1/nodes/${place}`);
      for (const policy of policies) await admin?.send("DELETE", `${collectionOf(policy)}/${policy.metadata.name}`);
      await admin?.close();
      await peer?.close();
    });

    const token = (account: string, expirationSeconds: number) =>
      worker.send("POST", `${operations}/serviceaccounts/${account}/token`, { body: { spec: { expirationSeconds } } });
    const secret = (fields: Fields, metadata: Fields = {}) =>
      worker.send("POST", `${operations}/secrets`, {
        body: { metadata: { name: `s-${process.pid}-${++made}`, ...metadata }, immutable: true, ...fields },
      });
    const configMap = (fields: Fields, metadata: Fields = {}) =>
      worker.send("POST", `${operations}/configmaps`, {
        body: { metadata: { name: `c-${process.pid}-${++made}`, ...metadata }, ...fields },
      });
    const holderOf = async (operation: OperationKind) => {
      const { body } = await token(catalogue[operation].account, 600);
      return admin.as(String((body["status"] as Fields)["token"]));
    };
    const patchAs = (holder: AdminClient, body: Fields) =>
      holder.send("PATCH", `${path}?dryRun=All`, { body, contentType: "application/merge-patch+json" });
    const patchNodeAs = (holder: AdminClient, body: Fields) =>
      holder.send("PATCH", `/api/v1/nodes/${place}?dryRun=All`, { body, contentType: "application/merge-patch+json" });
    const patchBoundsAs = (holder: AdminClient, body: Fields) =>
      holder.send("PATCH", `${scalers}/api?dryRun=All`, { body, contentType: "application/merge-patch+json" });
    const tryRestart = (body: Fields) => patchAs(restarter, body);
    const evictAs = (holder: AdminClient, deleteOptions?: Fields) =>
      holder.send("POST", `${pods}/victim/eviction?dryRun=All`, {
        body: {
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name: "victim", namespace: place },
          ...(deleteOptions ? { deleteOptions } : {}),
        },
      });

    const removeAs = (holder: AdminClient, at: string, options?: Fields) =>
      holder.send("DELETE", at, { body: { ...options, dryRun: ["All"] } });

    const patchCronJobAs = (holder: AdminClient, body: Fields) =>
      holder.send("PATCH", `${cronJobs}/nightly?dryRun=All`, { body, contentType: "application/merge-patch+json" });
    /** A Job as the operation makes it of that CronJob, but for what is said here. */
    const makeJobAs = (holder: AdminClient, metadata: Fields, spec: Fields = {}) =>
      holder.send("POST", `/apis/batch/v1/namespaces/${place}/jobs?dryRun=All`, {
        body: {
          metadata: { name: `job-${process.pid}`, ...metadata },
          spec: { ...ofNightly(), ...spec },
        },
      });
    const ofNightly = () =>
      (cronJob(place, "nightly") as unknown as { spec: { jobTemplate: { spec: Fields } } }).spec.jobTemplate.spec;

    const elevation = catalogue.elevate;
    const rbac = "rbac.authorization.k8s.io";
    const bindings = `/apis/${rbac}/v1/namespaces/${place}/rolebindings`;
    const marks = (inMinutes: number) => ({
      ...stamps,
      "countersign.dev/requester": "alice",
      "countersign.dev/expires": new Date(Date.now() + inMinutes * 60_000).toISOString(),
    });
    const ours = {
      name: "countersign-elevation-r-1",
      labels: { "countersign.dev/elevation": "true" },
      annotations: marks(30),
    };
    const user = (name: string, kind = "User") => ({ kind, name, apiGroup: rbac });
    const binding = (metadata: Fields = {}, over: Fields = {}) => ({
      metadata: { ...ours, ...metadata },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "edit" },
      subjects: [user("alice")],
      ...over,
    });
    const bindAs = (holder: AdminClient, body: Fields) =>
      holder.send("POST", `${bindings}?dryRun=All`, {
        body: { metadata: { name: "any" }, roleRef: binding().roleRef, ...body },
      });
    const unbindAs = (holder: AdminClient, name: string) =>
      holder.send("DELETE", `${bindings}/${name}`, { body: { dryRun: ["All"] } });

    /** A call that a Role would allow there which nobody ought to have made. */
    const mistaken = (where: string) =>
      restarter.send("POST", `/api/v1/namespaces/${where}/configmaps?dryRun=All`, {
        body: { metadata: { name: `m-${process.pid}` } },
      });

    const refused = ({ status, body }: { status: number; body: { message?: string } }, says: RegExp) => {
      assert.ok(isRefusedByPolicy({ status, body }), `${status} ${body.message}`);
      assert.match(body.message ?? "", says);
    };

    it("lets the adapter do all that it does", async () => {
      const kubeconfig = writeKubeconfig({
        server: peer.server,
        ca: peer.ca,
        user: { token: await workerTokenOf(admin) },
      });
      const cluster = await openCluster({ name: "lab", kubeconfig: kubeconfig.path });
      const request = `r-${process.pid}`;
      const session = await cluster.boundSession(catalogue["rollout-restart"], request, 1);
      const ref = { group: "apps", version: "v1", resource: "deployments", namespace: place, name: "api" };
      await session.patch(ref, "merge", { metadata: { annotations: stamps }, spec: restart });
      await session.close();
      assert.equal(await cluster.takeTicket(request, { digest: "d" }), "mine");
      await cluster.close();
      kubeconfig.remove();
    });

    const handle = { type: "countersign.dev/handle" };
    it("lets the worker make no Secret that is filled with a token, or that holds or delays anything", async () => {
      const account = { "kubernetes.io/service-account.name": catalogue.scale.account };
      const type = "kubernetes.io/service-account-token";
      refused(await secret({ type }, { annotations: account }), /of the type countersign.dev\/handle/);
      refused(await secret({ type: "Opaque" }), /of the type countersign.dev\/handle/);
      refused(await secret({ ...handle, data: { a: "Yg==" } }), /must hold no data/);
      refused(await secret({ ...handle, stringData: { a: "b" } }), /must hold no data/);
      refused(await secret({ ...handle, immutable: false }), /must be immutable/);
      refused(await secret(handle, { annotations: account }), /must have no annotations/);
      refused(await secret(handle, { finalizers: ["example.org/wait"] }), /must have no finalizers/);
      const owner = { apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "b" };
      refused(await secret(handle, { ownerReferences: [owner] }), /must have no ownerReferences/);
      assert.equal((await secret(handle)).status, 201);
    });

    it("lets the worker make no ConfigMap that can be changed", async () => {
      refused(await configMap({ data: { fence: "1" } }), /must be immutable/);
      refused(await configMap({ immutable: true }, { finalizers: ["example.org/wait"] }), /must have no finalizers/);
      assert.equal((await configMap({ immutable: true, data: { fence: "1" } })).status, 201);
    });

    it("lets the worker mint no token that outlives ten minutes", async () => {
      refused(await token(catalogue.scale.account, 601), /at most 600 seconds/);
      assert.equal((await token(catalogue.scale.account, 600)).status, 201);
    });

    it("lets no operation's account change anything in a protected namespace, whatever Roles stand there", async () => {
      for (const where of protectedNamespaces) refused(await mistaken(where), /does not operate in this namespace/);
    });

    it("does not concern anybody else", async () => {
      const body = { metadata: { name: `a-${process.pid}` }, type: "Opaque", stringData: { a: "b" } };
      await admin.create(`${operations}/secrets`, body);
      await admin.patch(path, { spec: { minReadySeconds: 1 } });
    });

    const named = { metadata: { annotations: stamps } };
    it("lets a restart be a restart, in the name of a request", async () => {
      assert.equal((await tryRestart({ ...named, spec: restart })).status, 200);
      // The deployment may have been stamped by an earlier restart.
      await admin.patch(path, { metadata: { annotations: { "countersign.dev/request": null } } });
      refused(await tryRestart({ spec: restart }), /must name the request/);
    });

    for (const [what, change, says] of [
      [
        "the image",
        { spec: { template: { spec: { containers: [{ name: "api", image: "evil" }] } } } },
        /template.spec/,
      ],
      ["the account of its pods", { spec: { template: { spec: { serviceAccountName: "x" } } } }, /template.spec/],
      ["the replicas", { spec: { replicas: 9 } }, /spec.replicas/],
      ["whether it is paused", { spec: { paused: true } }, /spec.paused/],
      ["the strategy", { spec: { strategy: { type: "Recreate", rollingUpdate: null } } }, /spec.strategy/],
      ["the time it waits", { spec: { minReadySeconds: 99 } }, /spec.minReadySeconds/],
      ["the history it keeps", { spec: { revisionHistoryLimit: 0 } }, /spec.revisionHistoryLimit/],
      ["the time it may take", { spec: { progressDeadlineSeconds: 9_999 } }, /spec.progressDeadlineSeconds/],
      ["its labels", { metadata: { labels: { a: "b" } } }, /metadata.labels/],
      ["its finalizers", { metadata: { finalizers: ["example.org/wait"] } }, /metadata.finalizers/],
      ["another annotation", { metadata: { annotations: { a: "b" } } }, /of metadata.annotations only/],
      ["its pods' labels", { spec: { template: { metadata: { labels: { a: "b" } } } } }, /template.metadata.labels/],
      [
        "its pods' other annotations",
        { spec: { template: { metadata: { annotations: { a: "b" } } } } },
        /of spec.template.metadata.annotations only/,
      ],
    ] as readonly (readonly [string, { metadata?: Fields; spec?: Fields }, RegExp])[])
      it(`lets a restart change nothing else: not ${what}`, async () => {
        const annotations = { ...stamps, ...((change.metadata?.["annotations"] as Fields) ?? {}) };
        refused(await tryRestart({ ...change, metadata: { ...change.metadata, annotations } }), says);
      });

    it("lets an eviction be one of a pod known by its uid, which ends in its own time", async () => {
      const evictor = await holderOf("delete-pod");
      const evict = (deleteOptions?: Fields) => evictAs(evictor, deleteOptions);
      const preconditions = { uid: victim };
      refused(await evict(), /by its uid/);
      refused(await evict({ preconditions: {} }), /by its uid/);
      refused(await evict({ preconditions, gracePeriodSeconds: 0 }), /must leave gracePeriodSeconds/);
      refused(await evict({ preconditions, propagationPolicy: "Orphan" }), /must leave propagationPolicy/);
      assert.equal((await evict({ preconditions })).status, 201);
    });

    it("lets a removal by force be one of a pod known by its uid, and no quiet eviction past its budget", async () => {
      const forcer = await holderOf("delete-pod-force");
      const force = (options?: Fields) => removeAs(forcer, `${pods}/victim`, options);
      const preconditions = { uid: victim };
      refused(await force(), /by its uid/);
      refused(await force({ gracePeriodSeconds: 0 }), /by its uid/);
      refused(await force({ preconditions }), /must be by force/);
      refused(await force({ preconditions, gracePeriodSeconds: 30 }), /must be by force/);
      assert.equal((await force({ preconditions, gracePeriodSeconds: 0 })).status, 200);
      assert.equal((await forcer.send("DELETE", pods)).status, 403, "no collection");
    });

    it("lets a label be one of nobody else's, and of nothing that pods are selected by", async () => {
      const holder = await holderOf("label");
      const patch = (metadata: Fields, rest: Fields = {}) =>
        patchAs(holder, { metadata: { annotations: stamps, ...metadata }, ...rest });
      const ok = await patch({ labels: { team: "web", "example.com/a": "b" } });
      assert.equal(ok.status, 200, ok.body.message);
      refused(
        await patch({ labels: { team: "web" }, annotations: { "countersign.dev/digest": null } }),
        /must name the request/,
      );
      refused(
        await patch({ labels: { team: "web" }, annotations: { ...stamps, a: "b" } }),
        /of metadata.annotations only/,
      );
      for (const key of ["kubernetes.io/a", "app.kubernetes.io/name", "x.k8s.io/a", "countersign.dev/a"])
        refused(await patch({ labels: { [key]: "b" } }), /of metadata.labels none of/);
      refused(await patch({ labels: { app: "other" } }), /selects its pods by/);
      refused(await patch({ labels: { app: null } }), /selects its pods by/);
      refused(await patch({ finalizers: ["example.org/wait"] }), /metadata.finalizers/);
      refused(await patch({ labels: { team: "web" } }, { spec: { replicas: 9 } }), /nothing but its metadata/);
    });

    it("lets an annotation be one of nobody else's, and nothing more", async () => {
      const holder = await holderOf("annotate");
      const patch = (annotations: Fields, rest: Fields = {}) =>
        patchAs(holder, { metadata: { annotations: { ...stamps, ...annotations } }, ...rest });
      const ok = await patch({ "example.com/owner": "me", team: "web" });
      assert.equal(ok.status, 200, ok.body.message);
      for (const key of ["kubectl.kubernetes.io/restartedAt", "deployment.kubernetes.io/revision", "countersign.dev/a"])
        refused(await patch({ [key]: "b" }), /of metadata.annotations none of/);
      refused(await patchAs(holder, { metadata: { annotations: stamps, labels: { a: "b" } } }), /metadata.labels/);
      refused(await patch({}, { spec: { replicas: 9 } }), /nothing but its metadata/);
      const data = { metadata: { annotations: stamps }, data: { a: "stolen" } };
      const there = `${configMaps}/settings?dryRun=All`;
      const contentType = "application/merge-patch+json";
      refused(await holder.send("PATCH", there, { body: data, contentType }), /nothing but its metadata/);
    });

    it("lets a patch set a few whole numbers of a workload, and nothing more", async () => {
      const holder = await holderOf("patch");
      const patch = (spec: Fields, metadata: Fields = { annotations: stamps }) => patchAs(holder, { metadata, spec });
      const ok = await patch({ minReadySeconds: 7, revisionHistoryLimit: 3, progressDeadlineSeconds: 900 });
      assert.equal(ok.status, 200, ok.body.message);
      refused(await patch({ minReadySeconds: 8 }, {}), /must name the request/);
      refused(await patch({ replicas: 9 }), /spec.replicas must stay/);
      refused(await patch({ paused: true }), /spec.paused must stay/);
      const image = { spec: { containers: [{ name: "api", image: "evil" }] } };
      refused(await patch({ template: image }), /spec.template must stay/);
      refused(await patch({ minReadySeconds: 8 }, { annotations: stamps, labels: { a: "b" } }), /metadata.labels/);
    });

    for (const [operation, at] of removable)
      it(`lets a ${operation} be one of an object known by its uid, and never of a collection`, async () => {
        const holder = await holderOf(operation);
        const { uid } = (await admin.get(at)).metadata;
        const policy = { propagationPolicy: "Background" };
        refused(await removeAs(holder, at, policy), /by its uid/);
        refused(await removeAs(holder, at, { ...policy, preconditions: {} }), /by its uid/);
        const { status, body } = await removeAs(holder, at, { ...policy, preconditions: { uid } });
        assert.equal(status, 200, body.message);
        assert.equal((await holder.send("DELETE", at.replace(/\/[^/]+$/, ""))).status, 403);
      });

    it("lets no removal say nothing of a job's pods, which would then run on", async () => {
      const [, , [operation, at]] = removable;
      const { uid } = (await admin.get(at)).metadata;
      refused(await removeAs(await holderOf(operation), at, { preconditions: { uid } }), /what becomes of the pods/);
    });

    it("lets nothing be removed that its owner would make anew", async () => {
      const [, , , [operation, at]] = removable;
      const { uid } = (await admin.get(path)).metadata;
      const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "api", uid, controller: true };
      await admin.patch(at, { metadata: { ownerReferences: [owner] } });
      const preconditions = { uid: (await admin.get(at)).metadata.uid };
      refused(await removeAs(await holderOf(operation), at, { preconditions }), /would be made anew/);
      await admin.patch(at, { metadata: { ownerReferences: null } });
    });

    for (const [operation, suspend] of [
      ["suspend-cronjob", true],
      ["resume-cronjob", false],
    ] as const)
      it(`lets a ${operation} do that in the name of a request, and run nothing else`, async () => {
        const holder = await holderOf(operation);
        const patch = (spec: Fields, metadata: Fields = { annotations: stamps }) =>
          patchCronJobAs(holder, { metadata, spec });
        assert.equal((await patch({ suspend })).status, 200);
        refused(await patch({ suspend: !suspend }), new RegExp(`spec.suspend must become ${suspend}`));
        refused(await patch({ suspend }, {}), /must name the request/);
        refused(await patch({ suspend }, { annotations: stamps, labels: { a: "b" } }), /metadata.labels/);
        refused(await patch({ suspend, schedule: "* * * * *" }), /spec.schedule/);
        refused(await patch({ suspend, timeZone: "Etc/UTC" }), /spec.timeZone/);
        refused(await patch({ suspend, concurrencyPolicy: "Replace" }), /spec.concurrencyPolicy/);
        const jobTemplate = { spec: { template: { spec: { containers: [{ name: "report", image: "evil" }] } } } };
        refused(await patch({ suspend, jobTemplate }), /spec.jobTemplate/);
      });

    it("lets a job be made in the name of a request and of one CronJob, with no way onto the node", async () => {
      const holder = await holderOf("create-job");
      const { uid } = (await admin.get(`${cronJobs}/nightly`)).metadata;
      const owner = { apiVersion: "batch/v1", kind: "CronJob", name: "nightly", uid, controller: true };
      const annotations = { ...stamps, "cronjob.kubernetes.io/instantiate": "manual" };
      const good = { annotations, ownerReferences: [owner] };
      const make = (metadata: Fields, spec: Fields = {}) => makeJobAs(holder, { ...good, ...metadata }, spec);
      const running = (pod: Fields) => ({
        template: { spec: { ...(ofNightly()["template"] as { spec: Fields }).spec, ...pod } },
      });
      const made = await make({});
      assert.equal(made.status, 201, made.body.message);
      refused(await make({ annotations: stamps }), /made by hand/);
      const unnamed = { ...annotations, "countersign.dev/request": undefined };
      refused(await make({ annotations: unnamed }), /must name the request/);
      refused(await make({ ownerReferences: [] }), /one CronJob must be its owner/);
      const another = { ...owner, name: "b", uid: "c", controller: false };
      refused(await make({ ownerReferences: [owner, another] }), /one CronJob/);
      refused(await make({ ownerReferences: [{ ...owner, controller: false }] }), /one CronJob/);
      refused(await make({ ownerReferences: [{ ...owner, kind: "Job" }] }), /one CronJob/);
      refused(await make({ finalizers: ["example.org/wait"] }), /no finalizers/);
      refused(await make({}, running({ hostNetwork: true })), /hostNetwork/);
      refused(await make({}, running({ hostPID: true })), /hostPID/);
      refused(await make({}, running({ hostIPC: true })), /hostIPC/);
      refused(await make({}, running({ volumes: [{ name: "a", hostPath: { path: "/" } }] })), /hostPath/);
      const privileged = { name: "report", image: "evil", securityContext: { privileged: true } };
      refused(await make({}, running({ containers: [privileged] })), /privileged/);
      refused(await make({}, running({ initContainers: [{ ...privileged, name: "first" }] })), /privileged/);
      const adding = (capability: string) => ({
        name: "report",
        image: "report",
        securityContext: { capabilities: { add: [capability] } },
      });
      refused(await make({}, running({ containers: [adding("SYS_ADMIN")] })), /add no capabilities/);
      refused(
        await make({}, running({ initContainers: [{ ...adding("ALL"), name: "first" }] })),
        /add no capabilities/,
      );
      const added = await make({}, running({ containers: [adding("NET_BIND_SERVICE")] }));
      assert.equal(added.status, 201, added.body.message);
      const windows = { os: { name: "windows" }, securityContext: { windowsOptions: { hostProcess: true } } };
      assert.match((await make({}, running(windows))).body.message ?? "", /hostNetwork/);
      refused(await make({}, running({ serviceAccountName: "admin" })), /default service account/);
      assert.equal((await make({}, running({ serviceAccountName: "default" }))).status, 201);
    });

    it("lets a job run as the accounts, and be of the images, that its namespace names", async () => {
      const holder = await holderOf("create-job");
      const ownerReferences = [{ apiVersion: "batch/v1", kind: "CronJob", name: "a", uid: "b", controller: true }];
      const annotations = { ...stamps, "cronjob.kubernetes.io/instantiate": "manual" };
      const { spec } = ofNightly()["template"] as { spec: Fields };
      const make = (pod: Fields) =>
        makeJobAs(holder, { annotations, ownerReferences }, { template: { spec: { ...spec, ...pod } } });
      const of = (image: string) => make({ containers: [{ name: "report", image }] });
      const lists = {
        "countersign.dev/job-accounts": "report, backup",
        "countersign.dev/job-images": "good.example/a",
      };
      await admin.patch(`/api/v1/namespaces/${place}`, { metadata: { annotations: lists } });
      while ((await of("evil.example/a:1")).status === 201) await sleep(100);
      refused(await of("evil.example/a:1"), /countersign.dev\/job-images/);
      refused(await of("good.example/another:1"), /countersign.dev\/job-images/);
      refused(await of("good.example/a.evil.example/b"), /countersign.dev\/job-images/);
      for (const image of ["good.example/a", "good.example/a:1", "good.example/a/b:1"])
        assert.equal((await of(image)).status, 201, image);
      const containers = [{ name: "report", image: "good.example/a" }];
      for (const serviceAccountName of ["report", "backup", "default"])
        assert.equal((await make({ containers, serviceAccountName })).status, 201, serviceAccountName);
      refused(await make({ containers, serviceAccountName: "admin" }), /default service account/);
      const initContainers = [{ name: "first", image: "evil.example/a:1" }];
      refused(await make({ containers, initContainers }), /countersign.dev\/job-images/);
    });

    for (const [operation, unschedulable] of [
      ["cordon", true],
      ["uncordon", false],
      ["drain", true],
    ] as const)
      it(`lets a ${operation} make a node unschedulable: ${unschedulable}, in the name of a request, and nothing else`, async () => {
        const holder = await holderOf(operation);
        const patch = (change: Fields) => patchNodeAs(holder, change);
        assert.equal((await patch({ ...named, spec: { unschedulable } })).status, 200);
        refused(await patch({ spec: { unschedulable } }), /must name the request/);
        refused(await patch({ ...named, spec: { unschedulable: !unschedulable } }), /spec.unschedulable must become/);
        const taints = [{ key: "a", effect: "NoExecute" }];
        refused(await patch({ ...named, spec: { unschedulable, taints } }), /spec.taints must stay/);
        refused(await patch({ ...named, spec: { unschedulable, podCIDR: "10.9.0.0/24" } }), /spec.podCIDR/);
        const labels = { "node-role.kubernetes.io/control-plane": "" };
        refused(await patch({ metadata: { annotations: stamps, labels }, spec: { unschedulable } }), /metadata.labels/);
      });

    it("lets a drain evict what is on its node in any namespace, and do nothing else there", async () => {
      const holder = await holderOf("drain");
      const evictIn = (where: string, uid?: string) =>
        holder.send("POST", `/api/v1/namespaces/${where}/pods/nobody/eviction?dryRun=All`, {
          body: {
            apiVersion: "policy/v1",
            kind: "Eviction",
            metadata: { name: "nobody", namespace: where },
            ...(uid ? { deleteOptions: { preconditions: { uid } } } : {}),
          },
        });
      assert.equal((await evictIn("kube-system", "some-uid")).status, 404);
      const { status } = await holder.send("DELETE", "/api/v1/namespaces/kube-system/pods/nobody?dryRun=All");
      assert.equal(status, 403);
    });

    it("lets an elevation be one role on the list, for one person, whose end stands on it", async () => {
      const bind = (metadata?: Fields, over?: Fields) => bindAs(elevator, binding(metadata, over));
      const made = await bind();
      assert.equal(made.status, 201, made.body.message);
      assert.equal((await bind({ annotations: marks(8 * 60) })).status, 201);
      assert.equal((await bind({}, { subjects: [user("oncall", "Group")] })).status, 201);
      refused(await bind({ annotations: marks(9 * 60) }), /must end within 485 minutes/);
      const never = await bind({ annotations: { ...marks(1), "countersign.dev/expires": "never" } });
      assert.match(`${never.status} ${never.body.message}`, /^422 .*ValidatingAdmissionPolicy.*timestamp/);
      for (const mark of Object.keys(marks(1))) {
        const { [mark as keyof ReturnType<typeof marks>]: _, ...rest } = marks(1);
        refused(await bind({ annotations: rest }), /must name its request, digest, requester and end/);
      }
      for (const labels of [{}, { "countersign.dev/elevation": "hidden" }])
        refused(await bind({ labels }), /must bear the label/);
      refused(await bind({ name: "mine" }), /must begin with countersign-elevation-/);
      refused(await bind({ name: "countersign-elevation-r-2" }), /must be named after its request/);
      refused(await bind({ finalizers: ["example.org/wait"] }), /must have no finalizers/);
      const owner = { apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "b" };
      refused(await bind({ ownerReferences: [owner] }), /must have no ownerReferences/);
      for (const name of ["admin", "cluster-admin"])
        refused(
          await bind({}, { roleRef: { apiGroup: rbac, kind: "ClusterRole", name } }),
          /may give only view or edit/,
        );
      refused(
        await bind({}, { roleRef: { apiGroup: rbac, kind: "Role", name: "edit" } }),
        /may give only view or edit/,
      );
      for (const subjects of [
        [],
        [user("alice"), user("mallory")],
        [user("system:admin")],
        [user("system:masters", "Group")],
        [{ kind: "ServiceAccount", name: "default", namespace: place }],
      ])
        refused(await bind({}, { subjects }), /must be for one user or group/);
    });

    it("lets an elevation be changed by nobody of ours, and ended by one account that ends nothing else", async () => {
      await admin.create(bindings, binding());
      const mine = `${bindings}/${ours.name}`;
      const later = { metadata: { annotations: marks(60) } };
      const patch = { body: later, contentType: "application/merge-patch+json" };
      refused(await elevator.send("PATCH", mine, patch), /is made, and never changed/);
      refused(await ender.send("PATCH", mine, patch), /may only remove/);
      refused(await bindAs(ender, binding({ name: "countersign-elevation-r-2" })), /may only remove/);
      refused(await unbindAs(ender, "standing"), /must bear the label/);
      await admin.patch(`${bindings}/standing`, { metadata: { labels: ours.labels } });
      refused(await unbindAs(ender, "standing"), /must begin with countersign-elevation-/);
      assert.equal((await unbindAs(ender, ours.name)).status, 200);
      await admin.patch(mine, { metadata: { labels: { "countersign.dev/elevation": null } } });
      refused(await unbindAs(ender, ours.name), /must bear the label/);
    });

    for (const [operation, paused] of [
      ["rollout-pause", true],
      ["rollout-resume", false],
    ] as const)
      it(`lets a ${operation} do that in the name of a request, and neither the contrary nor anything else`, async () => {
        const holder = await holderOf(operation);
        const patch = (change: Fields) => patchAs(holder, change);
        assert.equal((await patch({ ...named, spec: { paused } })).status, 200);
        refused(await patch({ ...named, spec: { paused: !paused } }), new RegExp(`spec.paused must become ${paused}`));
        refused(await patch({ spec: { paused } }), /must name the request/);
        const image = { template: { spec: { containers: [{ name: "api", image: "evil" }] } } };
        refused(await patch({ ...named, spec: { ...image, paused } }), /spec.template/);
        refused(await patch({ ...named, spec: { replicas: 9, paused } }), /spec.replicas/);
        refused(
          await patch({ metadata: { annotations: { ...stamps, a: "b" } }, spec: { paused } }),
          /of metadata.annotations only/,
        );
      });

    it("lets an autoscaler's bounds be moved in the name of a request, and neither its target nor its measure", async () => {
      const holder = await holderOf("autoscale");
      const patch = (change: Fields, metadata: Fields = named.metadata) =>
        patchBoundsAs(holder, { metadata, spec: { maxReplicas: 9, ...change } });
      assert.equal((await patch({ minReplicas: 3 })).status, 200);
      refused(await patch({}, {}), /must name the request/);
      const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "other" };
      refused(await patch({ scaleTargetRef }), /spec.scaleTargetRef must stay/);
      const target = { type: "Utilization", averageUtilization: 1 };
      refused(
        await patch({ metrics: [{ type: "Resource", resource: { name: "cpu", target } }] }),
        /spec.metrics must stay/,
      );
      refused(await patch({ behavior: { scaleDown: { selectPolicy: "Disabled" } } }), /spec.behavior must stay/);
      refused(await patch({}, { ...named.metadata, labels: { a: "b" } }), /metadata.labels must stay/);
    });

    describeWorkloadGuards({ place, admin: () => admin, holderOf });
  });
}

/** More than the accounts of elevations ought to have, so that what refuses them is the second lock. */
const mistakenRules = [
  { apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings"], verbs: ["create", "patch", "delete"] },
  { apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles", "roles"], verbs: ["bind"] },
];

/** A Role in a namespace that ought to have none such, and its binding to these accounts. */
function openByMistake(
  namespace: string,
  accounts: readonly string[] = [catalogue["rollout-restart"].account],
  rules: readonly object[] = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["create"] }],
): readonly unknown[] {
  const apiGroup = "rbac.authorization.k8s.io";
  const metadata = { name: `mistake-${process.pid}`, namespace };
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: "Role",
      metadata,
      rules,
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup, kind: "Role", name: metadata.name },
      subjects: accounts.map((name) => ({ kind: "ServiceAccount", name, namespace: operationsNamespace })),
    },
  ];
}
