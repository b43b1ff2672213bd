import type { Dialect, Message, Parsed } from '../dialect.js';
import { levelOfPriority, severityOf } from '../severity.js';

/** A dialect whose lines have the header's severity where they say none themselves. */
export function withLevel(dialect: Dialect): Dialect {
  return {
    name: dialect.name,
    parse(message: Message): Parsed | undefined {
      const parsed = dialect.parse(message);
      if (parsed !== undefined && message.header.priority !== undefined) addLevel(parsed, message.header.priority);
      return parsed;
    },
  };
}

function addLevel({ fields }: Parsed, priority: number): void {
  if (fields['event.severity'] !== undefined) return;
  fields['log.level'] ??= levelOfPriority(priority);
  const severity = severityOf(String(fields['log.level']));
  if (severity !== undefined) fields['event.severity'] = severity;
}
