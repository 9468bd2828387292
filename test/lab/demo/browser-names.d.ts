// Stands in for the library "dom", which the types of playwright-core and of qr name, and which would give all our code a `window`.
interface Node {
  readonly nodeName: string;
}
interface HTMLElement extends Node {
  getAttribute(name: string): string | null;
}
interface SVGElement extends Node {
  getAttribute(name: string): string | null;
}
interface HTMLElementTagNameMap {
  readonly [tag: string]: HTMLElement;
}
interface DOMRectReadOnly {
  readonly width: number;
}
type ImageBitmapSource = unknown;
