/** All that comes, in order. */
export async function collect<T>(found: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const one of found) all.push(one);
  return all;
}
