import { useEffect, useState } from 'react';
import type { FieldList } from '../../../protocol/api/events.js';
import { ApiError, api } from './api.js';

export type Fields = ReadonlyMap<string, FieldList['fields'][number]>;

/** What can be asked for; undefined while it loads, empty when it could not be loaded. */
export function useFields(onExpired: () => void): Fields | undefined {
  const [fields, setFields] = useState<Fields | undefined>(undefined);
  useEffect(() => {
    api.fields().then(
      (answer) => setFields(new Map(answer.fields.map((field) => [field.name, field]))),
      (error: unknown) => {
        if (error instanceof ApiError && error.status === 401) onExpired();
        setFields(new Map());
      },
    );
  }, [onExpired]);
  return fields;
}
