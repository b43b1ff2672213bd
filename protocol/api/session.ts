import { type Static, Type } from 'typebox';
import { Id, Name } from './common.js';

/** What a person or token may do. `company` sees only its own company. */
export const ROLES = ['admin', 'soc', 'support', 'company'] as const;
export type Role = (typeof ROLES)[number];
export const RoleSchema = Type.Enum([...ROLES]);

/** POST /session. The answer sets the session cookie. */
export const SignIn = Type.Object(
  { name: Name, password: Type.String({ minLength: 1, maxLength: 1_024 }) },
  { additionalProperties: false },
);
export type SignIn = Static<typeof SignIn>;

/** GET /session and the answer to POST /session. */
export const Me = Type.Object({
  name: Type.String(),
  role: RoleSchema,
  company: Type.Optional(Id),
  /** True after signing in with a one-time password: nothing but POST /session/password is allowed. */
  mustChangePassword: Type.Boolean(),
  /** The password was right; nothing but POST /session/totp is allowed. */
  awaitsCode: Type.Optional(Type.Boolean()),
  /** The collector wants a second step of this role: nothing but setting it up is allowed. */
  mustSetUpTotp: Type.Optional(Type.Boolean()),
  hasTotp: Type.Optional(Type.Boolean()),
  recoveryCodesLeft: Type.Optional(Type.Integer()),
});
export type Me = Static<typeof Me>;

/** POST /session/password. */
export const ChangePassword = Type.Object(
  {
    current: Type.String({ minLength: 1, maxLength: 1_024 }),
    next: Type.String({ minLength: 12, maxLength: 1_024 }),
  },
  { additionalProperties: false },
);
export type ChangePassword = Static<typeof ChangePassword>;

/** POST /tokens. */
export const NewToken = Type.Object(
  {
    name: Name,
    role: RoleSchema,
    company: Type.Optional(Id),
    expiresInDays: Type.Integer({ default: 90, minimum: 1, maximum: 730 }),
  },
  { additionalProperties: false },
);
export type NewToken = Static<typeof NewToken>;

/** The answer to POST /tokens. The token is shown this once. */
export const CreatedToken = Type.Object({
  id: Id,
  token: Type.String(),
  expires: Type.String(),
});
export type CreatedToken = Static<typeof CreatedToken>;

/** GET /tokens. */
export const TokenList = Type.Object({
  tokens: Type.Array(
    Type.Object({
      id: Id,
      name: Type.String(),
      role: RoleSchema,
      company: Type.Optional(Id),
      owner: Type.String(),
      created: Type.String(),
      expires: Type.String(),
      lastUsed: Type.Optional(Type.String()),
    }),
  ),
});
export type TokenList = Static<typeof TokenList>;

/** What people sign in with. Without a colon, which names programs and boxes in the audit log. */
export const UserName = Type.String({ minLength: 1, maxLength: 120, pattern: '^[^:\\p{Cc}]+$' });

/** POST /users. */
export const NewUser = Type.Object(
  { name: UserName, role: RoleSchema, company: Type.Optional(Id) },
  { additionalProperties: false },
);
export type NewUser = Static<typeof NewUser>;

/** The answer to POST /users and POST /users/{name}/reset. The password is shown this once. */
export const OneTimePassword = Type.Object({ name: Type.String(), password: Type.String() });
export type OneTimePassword = Static<typeof OneTimePassword>;

/** PATCH /users/{name}: what is left out stays. Whatever is changed, the person's sessions end. */
export const UserChange = Type.Object(
  {
    role: Type.Optional(RoleSchema),
    company: Type.Optional(Id),
    isDisabled: Type.Optional(Type.Boolean({ description: 'May not sign in, and tokens of this person do not hold.' })),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type UserChange = Static<typeof UserChange>;

export const UserView = Type.Object({
  name: Type.String(),
  role: RoleSchema,
  company: Type.Optional(Id),
  created: Type.String(),
  isDisabled: Type.Boolean(),
  hasTotp: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  lastSignIn: Type.Optional(Type.String()),
});
export type UserView = Static<typeof UserView>;

/** GET /users. */
export const UserList = Type.Object({ users: Type.Array(UserView) });
export type UserList = Static<typeof UserList>;
