/** A field of a record, or none when there is nothing to say: to be spread into it. */
export function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined || value === '' ? {} : { [name]: value };
}
