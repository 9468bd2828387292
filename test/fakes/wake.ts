import type { Side, Wake } from "../../src/ports.ts";

/** Hints that are kept, and passed on to whoever wants them. */
export function fakeWake(onShow: (request: string) => void = () => undefined): Wake & { readonly woken: string[] } {
  const woken: string[] = [];
  return {
    woken,
    wake: async (side: Side, request) => void woken.push(`${side} ${request}`),
    show: async (request) => onShow(request),
  } satisfies Wake & { readonly woken: string[] };
}
