const BYTES_SHOWN = 512;
const BYTES_A_LINE = 16;

/** The beginning of what is no text: offset, bytes, and those that can be printed. @param content Base64 */
export function hexDump(content: string): string {
  const bytes = Uint8Array.from(atob(content).slice(0, BYTES_SHOWN), (character) => character.charCodeAt(0));
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += BYTES_A_LINE) {
    const line = [...bytes.subarray(start, start + BYTES_A_LINE)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(4, '0')}  ${hex.padEnd(BYTES_A_LINE * 3 - 1)}  ${text}`);
  }
  return lines.join('\n');
}
