/** The faults that the simulator can answer with. */

/** Faults that a retry of the same request heals. */
export const transientFaultKinds = [
  '500',
  '502',
  '503',
  '504',
  'html',
  'html-200',
  'truncated',
  'wrong-length',
  'reset',
  'hang',
  'slow',
  'shape',
  'utf8',
  'empty',
] as const;

/** Faults of a source that misbehaves in a way a client must survive or refuse; only when asked for by name. */
export const hostileFaultKinds = [
  'redirect',
  'foreign-uri',
  'huge',
  'gzip-bomb',
  'deep',
  'same-offset',
  'overlap',
  'unordered',
  'altered',
] as const;

export const faultKinds = [...transientFaultKinds, ...hostileFaultKinds] as const;
export type FaultKind = (typeof faultKinds)[number];
