import type { Passkey } from "./passkey.ts";

/** WHO: a person, by the subject identifier (`sub`) the identity provider knows them by. */
export interface Subject {
  readonly sub: string;
  readonly groups: readonly string[];
  /** Their identity provider has groups of them too, and does not say which now: a raise about a group is met. */
  readonly partial?: true;
  /** Who they are to the API servers; absent: nobody, and nothing is given to them there. */
  readonly kubernetes?: KubernetesIdentities;
  /** Those that count as theirs; absent: none. */
  readonly passkeys?: readonly Passkey[];
}

/** A user or a group as an API server knows it; never a service account, never one of `system:`. */
export interface KubernetesIdentity {
  readonly kind: "User" | "Group";
  readonly name: string;
}

export interface KubernetesIdentities {
  /** Wherever no other is named. */
  readonly usual?: KubernetesIdentity;
  /** Cluster -> who they are there. */
  readonly per: Readonly<Record<string, KubernetesIdentity>>;
}

/** Who this person is in that cluster; undefined = nobody said. */
export function kubernetesIdentity(
  { kubernetes }: Pick<Subject, "kubernetes">,
  cluster: string,
): KubernetesIdentity | undefined {
  if (!kubernetes) return undefined;
  return Object.hasOwn(kubernetes.per, cluster) ? kubernetes.per[cluster] : kubernetes.usual;
}
