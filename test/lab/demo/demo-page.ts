import type { Lab } from "../lab.ts";
import { type LabPage, startLabPage } from "../page/lab-page.ts";
import { people } from "../people.ts";
import type { Phone } from "../phone.ts";
import { startAdministrator } from "./administrator.ts";
import type { DemoCluster } from "./demo-cluster.ts";
import { pageSources } from "./page-sources.ts";

/** The page in front of a running lab. Everybody's phone holds their code from the start; the page can enrol it anew. */
export async function openDemoPage(
  lab: Lab,
  cluster: DemoCluster,
  options: { readonly port?: number } = {},
): Promise<LabPage> {
  const phones = new Map<string, Phone>();
  await Promise.all(people.map(async ({ id, sub }) => phones.set(id, await lab.enrol(sub))));
  const administrator = startAdministrator(lab);
  const { url, close } = await startLabPage(pageSources(lab, cluster, phones, administrator), options);
  return {
    url,
    async close() {
      await administrator.leave();
      await close();
    },
  };
}
