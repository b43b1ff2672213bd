/** Limits that both programs must agree on. Limits of one component stand in its own configuration. */

/** One MQTT message, topic and headers included. Larger frames end the connection. */
export const MQTT_FRAME_BYTES_MAX = 128 * 1024;
/** A batch as sent: gzip of NDJSON. DESIGN section 5. */
export const BATCH_BYTES_MAX = 64 * 1024;
/** A batch unpacked: bounds what a gzip bomb can cost. */
export const BATCH_UNPACKED_BYTES_MAX = 4 * 2 ** 20;
/** Records in one batch. */
export const BATCH_RECORDS_MAX = 20_000;
/** The longest a record waits in memory before its batch is closed. DESIGN section 5. */
export const BATCH_AGE_MS_MAX = 1_000;
/** One record as JSON text. */
export const RECORD_BYTES_MAX = 64 * 1024;
/** Keys of one record at the top level. */
export const RECORD_KEYS_MAX = 512;
/** One key of a record. */
export const RECORD_KEY_BYTES_MAX = 128;
/** How deep a record's values nest: `dns.answers[]` is 2. */
export const RECORD_DEPTH_MAX = 4;
