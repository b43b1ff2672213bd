const LF = 0x0a;

/**
 * The lines of a stream, without their line feed; the last one needs none. What a line has beyond `bytesMax` is dropped.
 * Yields several at once only as fast as they are taken.
 */
export async function* lines(input: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const piece of input) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      const tail = chunk.subarray(start, end);
      yield heldBytes === 0 ? tail.subarray(0, bytesMax) : Buffer.concat([...held, tail]).subarray(0, bytesMax);
      held = [];
      heldBytes = 0;
      start = end + 1;
    }
    const rest = chunk.subarray(start, Math.min(chunk.length, start + Math.max(0, bytesMax - heldBytes)));
    if (rest.length > 0) {
      held.push(rest);
      heldBytes += rest.length;
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
