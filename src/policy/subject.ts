/** WHO: a person, by the subject identifier (`sub`) the identity provider knows them by. */
export interface Subject {
  readonly sub: string;
  readonly groups: readonly string[];
}
