import assert from "node:assert/strict";
import decodeQR from "qr/decode.js";
import { type QrDrawing, qrOf } from "../../../src/adapters/http/qr.ts";

/** Pixels for each module, as a camera would see them. */
const scale = 4;

/** Paints the path as a browser would: every square it draws, dark on white. */
function paint({ size, path }: QrDrawing): { width: number; height: number; data: Uint8Array } {
  const width = size * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let dy = 0; dy < scale; dy++)
      for (let dx = 0; dx < scale; dx++)
        data.fill(
          0,
          ((Number(y) * scale + dy) * width + Number(x) * scale + dx) * 4,
          ((Number(y) * scale + dy) * width + Number(x) * scale + dx) * 4 + 3,
        );
  return { width, height: width, data };
}

describe("the QR code", () => {
  for (const uri of [
    "otpauth://totp/Countersign:alice@example.com?issuer=Countersign&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    `otpauth://totp/Countersign:${"a".repeat(120)}%40example.com?issuer=Countersign&secret=${"A".repeat(52)}`,
  ])
    it(`is read by a camera as the very URI, of ${uri.length} characters`, () => {
      assert.equal(decodeQR(paint(qrOf(uri))), uri);
    });

  it("draws nothing but squares, and leaves four modules free on every side", () => {
    const { size, path } = qrOf("otpauth://totp/x?secret=A");
    assert.match(path, /^(M\d+ \d+h1v1h-1z)+$/);
    const places = [...path.matchAll(/M(\d+) (\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
    assert.deepEqual([Math.min(...places), Math.max(...places)], [4, size - 5]);
  });
});
