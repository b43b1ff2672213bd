/** Something with a beginning and an end. Constructors are inert. */
export interface Component {
  readonly name: string;
  /** Acquires sockets, files and timers. Called once. */
  start?(): Promise<void>;
  /** Flushes downstream, then releases. Safe before `start` and safe twice. */
  close(): Promise<void>;
}

/**
 * Owns components and closes them in reverse order of their start. A failed close does not keep the others from
 * closing; the failures are thrown together at the end.
 */
export class Scope implements AsyncDisposable {
  readonly #components: Component[] = [];
  #isClosed = false;

  /** Starts a component and keeps it. When its start fails it is closed, and the error goes on. */
  async start<T extends Component>(component: T): Promise<T> {
    if (this.#isClosed) throw new Error(`${component.name} was started in a closed scope`);
    try {
      await component.start?.();
    } catch (error) {
      await component.close().catch(() => {});
      throw error;
    }
    this.#components.push(component);
    return component;
  }

  /** What was started and is not closed, in the order of the start. */
  get components(): readonly Component[] {
    return this.#components;
  }

  /** Keeps a function to call at close, for what is not a component. */
  onClose(name: string, close: () => Promise<void> | void): void {
    this.#components.push({ name, close: async () => close() });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const failures: unknown[] = [];
    for (let component = this.#components.pop(); component; component = this.#components.pop()) {
      try {
        await component.close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, 'several components failed to close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
