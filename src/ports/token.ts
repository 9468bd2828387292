/** An ID token of the provider, and what of it we judge ourselves. */
export interface PresentedToken {
  readonly token: string;
  readonly subject: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** Milliseconds since 1970, by the provider's clock; `auth_time` has whole seconds. */
  readonly authenticatedAt?: number;
}
