import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface Counters {
  readonly batches: Counter;
  readonly records: Counter;
  readonly duplicates: Counter;
  readonly refused: Counter;
  readonly patience: Counter;
  readonly failures: Counter;
  readonly deadLetters: Counter;
  readonly insertSeconds: Histogram;
}

export function makeCounters(registry: Registry, queueBytes: () => number): Counters {
  const counter = (name: string, help: string): Counter =>
    new Counter({ name: `hinomi_ingest_${name}`, help, registers: [registry] });
  new Gauge({
    name: 'hinomi_ingest_queue_bytes',
    help: 'Unpacked batches that wait for the disk.',
    registers: [registry],
    collect() {
      this.set(queueBytes());
    },
  });
  return {
    batches: counter('batches_total', 'Batches received.'),
    records: counter('records_total', 'Records stored.'),
    duplicates: counter('duplicate_batches_total', 'Batches that were stored or taken already.'),
    refused: counter('refused_batches_total', 'Batches turned away because the queue was full; they come again.'),
    patience: counter(
      'patience_words_total',
      'Words to boxes whose batches wait long for the disk, so that they keep their connection.',
    ),
    failures: counter('insert_failures_total', 'Inserts that failed and were tried again.'),
    deadLetters: counter('dead_letters_total', 'Batches and records that could not be stored.'),
    insertSeconds: new Histogram({
      name: 'hinomi_ingest_insert_seconds',
      help: 'Time of one group commit.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    }),
  };
}
