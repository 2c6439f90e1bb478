/** What `micro.ts` prints. Times in nanoseconds an event, sizes in bytes an event. */

export interface Pair {
  readonly name: string;
  readonly boundName: string;
  readonly bound: readonly number[];
  readonly subject: readonly number[];
}

export interface MicroResult {
  readonly pairs: readonly Pair[];
  readonly sizes: {
    readonly jsonBytes: number;
    readonly avroBytes: number;
    /** Avro by JSON, framing included. */
    readonly share: number;
    readonly shareWithoutSaml: number;
    /** Share of events with a SAML response. */
    readonly samlEvents: number;
  };
  readonly kept: number;
}
