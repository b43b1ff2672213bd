import type { EdrVendor } from '../../protocol/api/connectors.js';
import type { Place } from './rows.js';
import type { Holder, Tenant } from './vendor.js';

/** An account at a maker's cloud, as it is kept. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly vendor: EdrVendor;
  readonly clientId: string;
  /** Sealed. */
  readonly secret: string;
  readonly company?: string;
  readonly site?: string;
  readonly tenants: ReadonlyArray<{ readonly tenant: string; readonly company: string; readonly site?: string }>;
  readonly urls?: { readonly auth: string; readonly api: string };
  readonly isPaused?: boolean;
  readonly created: string;
}

/** Where a tenant belongs; undefined when nobody has said so: then it is not asked about. */
export function placeOf(account: Account, holder: Pick<Holder, 'kind'>, tenant: Tenant): Place | undefined {
  const mapped = account.tenants.find((each) => each.tenant === tenant.id);
  const own = holder.kind === 'tenant' ? account : undefined;
  const company = mapped?.company ?? own?.company;
  if (company === undefined) return undefined;
  const site = mapped === undefined ? own?.site : mapped.site;
  return { account: account.id, tenant: tenant.id, company, site: site ?? '' };
}

/** The only company that an account is about, if it is one. */
export function onlyCompany(account: Account): string {
  const companies = new Set([...account.tenants.map(({ company }) => company), account.company ?? '']);
  companies.delete('');
  const [only = ''] = companies;
  return companies.size === 1 ? only : '';
}
