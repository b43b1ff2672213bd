import { Type } from 'typebox';
import { Id } from '../../../protocol/api/common.js';
import {
  Company,
  CompanyChange,
  CompanyList,
  EnrolAnswer,
  EnrolmentCode,
  EnrolRequest,
  NewCompany,
  NewSite,
  Site,
  SiteChange,
  SiteList,
} from '../../../protocol/api/fleet.js';
import { CodedError } from '../../../protocol/base/errors.js';
import { ADMIN, accessOf, EVERYBODY } from '../identity.js';
import type { Routes } from '../types.js';

export interface FleetPort {
  addCompany(request: NewCompany): Promise<Company>;
  listCompanies(companies: readonly string[] | undefined): Promise<Company[]>;
  changeCompany(id: string, change: CompanyChange): Promise<Company>;
  removeCompany(id: string): Promise<void>;
  addSite(request: NewSite): Promise<Site>;
  changeSite(id: string, change: SiteChange): Promise<Site>;
  removeSite(id: string): Promise<{ company: string; agent?: string }>;
  listSites(companies: readonly string[] | undefined): Promise<Site[]>;
  makeCode(site: string): Promise<EnrolmentCode>;
  enrol(code: string, csr: string): Promise<Omit<EnrolAnswer, 'mqttUrl' | 'gateUrl'>>;
}

/** Without TLS a code is for this machine alone. */
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
const CompanyParam = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) });
const Empty = Type.Object({});
const SiteRemoved = Type.Object({ agentRevoked: Type.Optional(Id) });
const SiteParam = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) });

/** Companies, sites, and the way in for their boxes. */
export const fleetRoutes: Routes<{
  fleet: FleetPort;
  users: { countOf(company: string): Promise<number> };
  mqttUrl: (host: string) => string;
  gateUrl: (host: string) => string;
  /** Whether a box on this machine may enrol here, in plain: not where a proxy makes everybody one on this machine. */
  isPlainEnrolment: boolean;
}> = (app, { fleet, users, mqttUrl, gateUrl, isPlainEnrolment, audit }) => {
  app.get(
    '/companies',
    { schema: { tags: ['fleet'], response: { 200: CompanyList } }, config: { roles: EVERYBODY } },
    async (request) => ({
      companies: await fleet.listCompanies(accessOf(request).companies),
    }),
  );

  app.post(
    '/companies',
    { schema: { tags: ['fleet'], body: NewCompany, response: { 200: Company } }, config: { roles: ADMIN } },
    async (request) => {
      const company = await fleet.addCompany(request.body);
      await audit.change(accessOf(request), 'company added', { company: company.id, detail: company.name });
      return company;
    },
  );

  app.patch(
    '/companies/:id',
    {
      schema: { tags: ['fleet'], params: CompanyParam, body: CompanyChange, response: { 200: Company } },
      config: { roles: ADMIN },
    },
    async (request) => {
      const company = await fleet.changeCompany(request.params.id, request.body);
      await audit.change(accessOf(request), 'company changed', { company: company.id, detail: company.name });
      return company;
    },
  );

  app.delete(
    '/companies/:id',
    { schema: { tags: ['fleet'], params: CompanyParam, response: { 200: Empty } }, config: { roles: ADMIN } },
    async (request) => {
      const { id } = request.params;
      const count = await users.countOf(id);
      if (count > 0) throw new CodedError('FLEET_NOT_EMPTY', `company ${id} has ${count} people and tokens`);
      await fleet.removeCompany(id);
      await audit.change(accessOf(request), 'company removed', { company: id, detail: id });
      return {};
    },
  );

  app.get(
    '/sites',
    { schema: { tags: ['fleet'], response: { 200: SiteList } }, config: { roles: EVERYBODY } },
    async (request) => ({
      sites: await fleet.listSites(accessOf(request).companies),
    }),
  );

  app.post(
    '/sites',
    { schema: { tags: ['fleet'], body: NewSite, response: { 200: Site } }, config: { roles: ADMIN } },
    async (request) => {
      const site = await fleet.addSite(request.body);
      await audit.change(accessOf(request), 'site added', { company: site.company.id, detail: site.id });
      return site;
    },
  );

  app.patch(
    '/sites/:id',
    {
      schema: { tags: ['fleet'], params: SiteParam, body: SiteChange, response: { 200: Site } },
      config: { roles: ADMIN },
    },
    async (request) => {
      const site = await fleet.changeSite(request.params.id, request.body);
      const detail = `${site.id}: ${JSON.stringify(request.body)}`;
      await audit.change(accessOf(request), 'site changed', { company: site.company.id, detail });
      return site;
    },
  );

  app.delete(
    '/sites/:id',
    { schema: { tags: ['fleet'], params: SiteParam, response: { 200: SiteRemoved } }, config: { roles: ADMIN } },
    async (request) => {
      const { id } = request.params;
      const { company, agent } = await fleet.removeSite(id);
      const detail = agent === undefined ? id : `${id}, its box ${agent} revoked`;
      await audit.change(accessOf(request), 'site removed', { company, detail });
      return agent === undefined ? {} : { agentRevoked: agent };
    },
  );

  app.post(
    '/sites/:id/enrolment-codes',
    { schema: { tags: ['fleet'], params: SiteParam, response: { 200: EnrolmentCode } }, config: { roles: ADMIN } },
    async (request) => {
      const code = await fleet.makeCode(request.params.id);
      await audit.change(accessOf(request), 'enrolment code made', { detail: request.params.id });
      return code;
    },
  );

  app.post(
    '/enrol',
    {
      schema: { tags: ['agents'], body: EnrolRequest, response: { 200: EnrolAnswer } },
      config: { roles: 'anyone', rateLimit: { max: 20, timeWindow: 60_000 } },
    },
    async (request) => {
      if (!isPlainEnrolment || !LOOPBACK.test(request.ip))
        throw new CodedError('ENROL_REFUSED', 'boxes enrol at the gate: https, port 8443 unless configured otherwise');
      const answer = await fleet.enrol(request.body.code, request.body.csr);
      await audit.note(`agent:${answer.agent}`, 'enrolled', { detail: answer.site }, request.ip);
      const host = hostOf(request.headers.host);
      return { ...answer, mqttUrl: mqttUrl(host), gateUrl: gateUrl(host) };
    },
  );
};

/** The name by which the box reached us is the one by which it reaches the broker. */
function hostOf(header: string | undefined): string {
  const url = `http://${header ?? ''}`;
  if (!URL.canParse(url)) throw new CodedError('INPUT_INVALID', 'the Host header is missing');
  return new URL(url).hostname;
}
