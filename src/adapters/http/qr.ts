import encodeQR from "qr";

/** A QR code as the path of a square SVG: one unit a module, `size` units wide, a quiet zone of four modules included. */
export interface QrDrawing {
  readonly size: number;
  readonly path: string;
}

// ISO/IEC 18004 asks for a quiet zone of four modules.
const quietZone = 4;

export function qrOf(text: string): QrDrawing {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: quietZone });
  const path = rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .filter((square) => square !== "")
    .join("");
  return { size: rows.length, path };
}
