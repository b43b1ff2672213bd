import { readFileSync } from 'node:fs';

const NAME = /^[^/\s]{1,64}$/;
const MTU_DEFAULT = 1_500;

/** What Linux says about an interface; `any` and recordings have neither address nor MTU of their own. */
export function readLinkFacts(name: string): { readonly mac?: string; readonly mtuBytes: number } {
  const mac = read(name, 'address');
  const mtu = Number(read(name, 'mtu'));
  return {
    ...(mac === undefined || !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? {} : { mac }),
    mtuBytes: mtu > 0 ? mtu : MTU_DEFAULT,
  };
}

function read(name: string, file: string): string | undefined {
  if (!NAME.test(name) || name.startsWith('.')) return undefined;
  try {
    return readFileSync(`/sys/class/net/${name}/${file}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
