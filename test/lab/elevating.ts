import { setTimeout as sleep } from "node:timers/promises";
import type { Finished, Request } from "../../src/request/request.ts";
import { approve, ask, finish, prove, reach } from "./acting.ts";
import type { AdminClient } from "./kubernetes/admin-client.ts";
import type { Lab } from "./lab.ts";
import { alice, bob, incident, type LabPersonage } from "./people.ts";

/** Alice asks, proves, and everybody who must says yes; answers once she holds the role, or does not. */
export async function elevateAlice(
  lab: Lab,
  asked: string,
  approvers: readonly LabPersonage[] = [bob],
): Promise<Finished> {
  const id = await ask(lab, alice, incident, `/k8s elevate ${asked} -n prod -- I must look for myself`);
  await prove(lab, alice, await lab.enrol(alice.sub), id);
  await reach(lab, id, "awaiting-approval");
  for (const one of approvers) await approve(lab, one, await lab.enrol(one.sub), id);
  const request = await finish(lab, id);
  if (request.state !== "succeeded") throw new Error(JSON.stringify(request));
  return request;
}

/** What the cluster answers to alice herself: 403, or 200 while she is elevated. */
export async function answerTo(admin: AdminClient, person: LabPersonage = alice): Promise<number> {
  return (await admin.impersonating(person.sub).send("GET", "/api/v1/namespaces/prod/pods")).status;
}

/** Waits until the cluster answers so to her. */
export async function untilAnswered(admin: AdminClient, status: number): Promise<void> {
  while ((await answerTo(admin)) !== status) await sleep(50);
}

/** SIGKILL to every process of the product, and to Redis. */
export async function killEverything({ webs, workers, redis }: Lab): Promise<void> {
  await Promise.all([...webs, ...workers].map((one) => one.kill()));
  await redis.kill();
}

export async function startEverything(lab: Lab): Promise<void> {
  await lab.redis.restart();
  await Promise.all([lab.start("web"), lab.start("worker")]);
}

/** The request once its elevation has ended in the record. */
export async function ended(lab: Lab, id: string) {
  for (;;) {
    const request: Request | undefined = (await lab.store.read(id))?.request;
    const elevation = request && "elevation" in request ? request.elevation : undefined;
    if (elevation?.ended) return { until: elevation.until, ...elevation.ended };
    await sleep(50);
  }
}
