import type { ClusterPeer } from "../../lab/kubernetes/peer.ts";
import { describeAccess } from "./access.ts";
import { describeAnswers } from "./answers.ts";
import { Bench } from "./bench.ts";
import { describeBindings } from "./bindings.ts";
import { describeDeletions } from "./deletions.ts";
import { describeEvictions } from "./evictions.ts";
import { describeHistory } from "./history.ts";
import { describeJobs } from "./jobs.ts";
import { describeLogs } from "./logs.ts";
import { describeNodes } from "./nodes.ts";
import { describeObjects } from "./objects.ts";
import { describePatches } from "./patches.ts";
import { describeRollouts } from "./rollouts.ts";
import { describeScale } from "./scale.ts";
import { describeTokens } from "./tokens.ts";
import { describeWatches } from "./watches.ts";
import { describeWorkloads } from "./workloads.ts";

/** The longest wait is for a token to be refused: 10 s on a real server. */
const patienceMs = 40_000;

/**
 * What this product relies on in a Kubernetes API server, v1.36. Holds on a real one; the double must do the same.
 * `start` is called once, and what it gave is closed at the end.
 */
export function describeKubernetesContract(name: string, start: (suite: Mocha.Context) => Promise<ClusterPeer>): void {
  describe(`${name}, held to the contract of a Kubernetes API server`, function () {
    this.timeout(patienceMs);
    const bench = new Bench();
    before(async function () {
      await bench.open(await start(this));
    });
    after(() => bench.close());

    describeObjects(bench);
    describeAnswers(bench);
    describePatches(bench);
    describeScale(bench);
    describeWatches(bench);
    describeAccess(bench);
    describeBindings(bench);
    describeTokens(bench);
    describeRollouts(bench);
    describeHistory(bench);
    describeNodes(bench);
    describeDeletions(bench);
    describeEvictions(bench);
    describeLogs(bench);
    describeWorkloads(bench);
    describeJobs(bench);
  });
}
