/** Whether a text has the shape of a request's id, `r-` and 4 to 20 lower-case letters and digits; nothing more is known. */
export function isRequestId(text: string): boolean {
  return /^r-[a-z0-9]{4,20}$/.test(text);
}
