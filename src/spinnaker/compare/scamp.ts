/**
 * The packet that asks a SpiNNaker board's monitor for its version, and what its answer looks like. Opens no socket.
 * SDP over UDP: 2 bytes padding; flags 0x87 (reply expected), tag 255, destination and source port/core, destination and source chip (y, x each);
 * SCP: command (0 = version), sequence, three arguments; little-endian. Source: SpiNNaker AppNotes 4 (SDP) and 5 (SCP).
 */

/** UDP port of a board's monitor. */
export const scampPort = 17893;
const replyOk = 0x80;

/** The 26 bytes of a version request to the chip that is asked. */
export function versionRequest(sequence = 0): Uint8Array {
  const bytes = new Uint8Array(26);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, 0x87, 0xff, 0, 0xff, 0xff, 0xff, 0, 0]);
  view.setUint16(10, 0, true);
  view.setUint16(12, sequence, true);
  return bytes;
}

/** Whether a datagram is the monitor's answer. */
export function isVersionReply(bytes: Uint8Array): boolean {
  if (bytes.length < 14) return false;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint16(10, true) === replyOk;
}
