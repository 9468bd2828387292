/** The witness cannot tell now, for what it checks by is away; the message is a clause that people are told. */
export class WitnessAway extends Error {
  constructor(says: string, cause: unknown) {
    super(says, { cause });
    this.name = "WitnessAway";
  }
}
