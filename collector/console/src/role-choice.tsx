import type { Company } from '../../../protocol/api/fleet.js';
import { ROLES, type Role } from '../../../protocol/api/session.js';
import { harmless } from './format.js';
import { useTexts } from './texts.js';

export interface Scope {
  readonly role: Role;
  readonly company: string;
}

interface Props {
  scope: Scope;
  companies: readonly Company[];
  onChange: (scope: Scope) => void;
}

/** The name of somebody or something new. */
export function NewName({ label, name, onChange }: { label: string; name: string; onChange: (name: string) => void }) {
  const texts = useTexts();
  return (
    <label>
      {label}
      <input
        value={name}
        placeholder={texts.name}
        maxLength={120}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

/** A role, and whose data where it is that of a company. */
export function RoleChoice({ scope, companies, onChange }: Props) {
  const texts = useTexts();
  return (
    <>
      <label>
        {texts.access.role}
        <select
          aria-label={texts.access.role}
          value={scope.role}
          onChange={(event) => onChange({ ...scope, role: event.target.value as Role })}
        >
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {texts.access.roles[role]}: {texts.access.roleHints[role]}
            </option>
          ))}
        </select>
      </label>
      {scope.role === 'company' && (
        <label>
          {texts.access.company}
          <select
            aria-label={texts.access.company}
            value={scope.company}
            onChange={(event) => onChange({ ...scope, company: event.target.value })}
          >
            <option value="">-</option>
            {companies.map(({ id, name }) => (
              <option key={id} value={id}>
                {harmless(name)}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

export function isWhole({ role, company }: Scope): boolean {
  return role !== 'company' || company !== '';
}

/** As the API wants it. */
export function scopeBody({ role, company }: Scope): { role: Role; company?: string } {
  return role === 'company' ? { role, company } : { role };
}
