// Loaded before a process of the product begins: its wall clock is wrong by one of these, in ms, as its pid has it.
const minute = 60_000;
const skews = [0, -60 * minute, 7 * minute, 60 * minute, -3 * minute] as const;

const skew = skews[process.pid % skews.length] ?? 0;
const RealDate = Date;
const now = () => RealDate.now() + skew;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
});
