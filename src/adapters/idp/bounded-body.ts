/** An answer of an identity provider is some hundred bytes, or some thousand with a token: what is longer is none. */
const longest = 64 * 1024;

/** The body of an answer as text; throws when it does not come to its end within {@link longest} bytes. */
export async function boundedBody({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > longest) throw new RangeError(`the answer is longer than ${longest} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
