/** A Kubernetes API server to test against: the in-memory double or a real one. */
export interface ClusterPeer {
  /** `https://127.0.0.1:port` */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  /** A bearer token of the group system:masters. */
  readonly adminToken: string;
  close(): Promise<void>;
}
