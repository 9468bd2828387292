type Written<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Leaves out what was not written, so that `undefined` never stands for a rule. */
export function present<T extends object>(written: Written<T>): T {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)) as T;
}
