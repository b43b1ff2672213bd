/** Those who wait for something that may come, each for a time of their own. */
export class Waiting {
  #waiting: Array<() => void> = [];

  /** @returns when it came, or after this time */
  until(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
