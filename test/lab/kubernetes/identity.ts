/** Who sends a request, as authentication found out. */
export interface User {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const anonymous: User = { username: "system:anonymous", groups: ["system:unauthenticated"] };

export const administrator: User = {
  username: "admin",
  uid: "admin-uid",
  groups: ["system:masters", "system:authenticated"],
};

export function serviceAccountUser(namespace: string, name: string, uid: string, jti: string): User {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    extra: { "authentication.kubernetes.io/credential-id": [`JTI=${jti}`] },
  };
}
