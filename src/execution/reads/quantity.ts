const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `250m`, `1.5Gi`, `12e3` -> a number, as apimachinery's resource.Quantity writes one; undefined for what is none. */
export function readQuantity(text: string): number | undefined {
  const [, digits, suffix = ""] =
    /^(\d{1,20}(?:\.\d{0,12})?(?:[eE][+-]?\d{1,2})?)(n|u|m|k|[KMGTPE]i|[MGTPE])?$/.exec(text) ?? [];
  const factor = factors[suffix];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
