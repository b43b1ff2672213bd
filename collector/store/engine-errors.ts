/** What the engine's errors mean to us. (Their class is not ours to compare with.) */

const typeOf = (error: unknown): string => String((error as { type?: unknown }).type);

/** Types of errors that are about the text of a row, not about the engine. */
const REFUSALS = /^(CANNOT_PARSE_|CANNOT_READ_ARRAY_FROM_TEXT|TYPE_MISMATCH|CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN)/;

/** It is for the rows themselves, and trying again cannot help. */
export const isRefusal = (error: unknown): boolean => REFUSALS.test(typeOf(error));

/** The data are not what was written. */
export const isDamage = (error: unknown): boolean =>
  /^(CHECKSUM_DOESNT_MATCH|CORRUPTED_DATA|CANNOT_READ_ALL_DATA|CANNOT_DECOMPRESS|UNKNOWN_CODEC|TOO_LARGE_SIZE_COMPRESSED|ATTEMPT_TO_READ_AFTER_EOF|BAD_SIZE_OF_FILE_IN_DATA_PART|UNEXPECTED_FILE_IN_DATA_PART|NO_FILE_IN_DATA_PART|FILE_DOESNT_EXIST|CANNOT_OPEN_FILE|UNEXPECTED_END_OF_FILE|SIZES_OF_MARKS_FILES_ARE_INCONSISTENT|INCORRECT_DATA|LOGICAL_ERROR)$/.test(
    typeOf(error),
  );

/** Not a query that wants more than it may have: the process itself gets no memory, and will not do better later. */
export function isStarved(error: unknown): boolean {
  return typeOf(error) === 'CANNOT_ALLOCATE_MEMORY' || /bad_alloc|annot allocate memory|rlimit/i.test(String(error));
}
