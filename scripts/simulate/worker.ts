/** A process of simulated sites: does what its parent says, by name. */
import { Hall } from './hall.js';

const hall = new Hall();

process.on('message', (message: { id: number; name: keyof Hall; args: unknown[] }) => {
  const method = hall[message.name] as (...args: unknown[]) => unknown;
  Promise.resolve()
    .then(() => method.apply(hall, message.args))
    .then(
      (value) => process.send?.({ id: message.id, value }),
      (error: unknown) => process.send?.({ id: message.id, error: String(error) }),
    );
});
process.on('disconnect', () => process.exit());
