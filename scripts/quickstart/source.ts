import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CodedError } from '../../protocol/base/errors.js';
import { prepareSensor } from './privileges.js';

export interface SourceOptions {
  readonly interface?: string;
  readonly replay?: string;
  readonly demo?: boolean;
}

const INTERFACES = '/sys/class/net';

/**
 * The agent's options about where packets come from. Everything about them that can be known before is checked here.
 * @param makeDemo makes the demo's recording and returns its path
 * @throws CONFIG_INVALID, CAPTURE_UNREADABLE, CAPTURE_INTERFACE, CAPTURE_PRIVILEGE
 */
export async function sourceArgs(
  options: SourceOptions,
  data: string,
  makeDemo: () => Promise<string>,
): Promise<string[]> {
  const { replay, demo, interface: name } = options;
  if ([replay, demo, name].filter((option) => option !== undefined).length > 1) {
    throw new CodedError('CONFIG_INVALID', 'only one of --interface, --replay and --demo can be given');
  }
  if (replay !== undefined) {
    if (!existsSync(replay)) throw new CodedError('CAPTURE_UNREADABLE', `no such file: ${replay}`);
    return ['--replay', resolve(replay), '--loop', '--paced'];
  }
  if (demo === true) return ['--replay', await makeDemo(), '--loop', '--paced'];
  const names = readdirSync(INTERFACES);
  if (name !== undefined && !names.includes(name)) {
    throw new CodedError('CAPTURE_INTERFACE', `there is no interface ${name}; there are ${names.join(', ')}`);
  }
  const executable = prepareSensor(join(data, 'bin', 'hinomi-sensor'));
  return [...(name === undefined ? [] : ['--interface', name]), '--sensor-executable', executable];
}
