/**
 * For whoever starts a program and may be killed himself: when standard input ends, which the kernel sees to, the
 * program ends as by SIGTERM. What it says after that goes nowhere, and must not be a reason to fail.
 */
export function endWithInput(): void {
  const end = (): void => {
    process.kill(process.pid, 'SIGTERM');
  };
  process.stdin.once('end', end);
  process.stdin.on('error', () => {});
  process.stdin.resume();
  // Waiting for it must not keep a program alive that could not start. A pipe is a socket; a file has nothing to wait for.
  (process.stdin as { unref?(): void }).unref?.();
}
