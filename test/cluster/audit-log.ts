import { readFile } from "node:fs/promises";

/** One line of the API server's audit log (audit.k8s.io/v1 Event), the fields tests look at. */
export interface AuditEvent {
  readonly auditID: string;
  readonly stage: "ResponseStarted" | "ResponseComplete" | "Panic";
  readonly requestURI: string;
  readonly verb: string;
  readonly user: AuditUser;
  readonly impersonatedUser?: AuditUser;
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly responseStatus?: { readonly code?: number; readonly reason?: string; readonly message?: string };
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  readonly requestReceivedTimestamp: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface AuditUser {
  readonly username?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Who runs the cluster itself: their reading and status writing would drown what tests look for. */
const machinery = ["system:apiserver", "system:kube-controller-manager", "stand-in-kubelet"];

/** Bodies of changes are kept, but never those that carry credentials. */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  omitManagedFields: true,
  rules: [
    { level: "None", users: machinery },
    { level: "None", nonResourceURLs: ["/readyz*", "/livez*", "/healthz*", "/openapi*"] },
    { level: "Metadata", resources: [{ group: "", resources: ["secrets", "serviceaccounts/token"] }] },
    { level: "RequestResponse", verbs: ["create", "update", "patch", "delete", "deletecollection"] },
    { level: "Metadata" },
  ],
};

/** All events written so far, oldest first. */
export async function readAuditLog(path: string): Promise<readonly AuditEvent[]> {
  const lines = (await readFile(path, "utf8")).split("\n");
  // What follows the last line break is a line still being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEvent);
}
