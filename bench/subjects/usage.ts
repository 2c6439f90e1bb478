/** Loaded into a measured process before its own code: leaves in a file what it has used, when it ends. */

import { readFileSync, writeFileSync } from 'node:fs';

const file = process.env.BENCH_USAGE_FILE;

if (file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    // Not maxRSS: that of a forked child begins with what its parent had.
    const [, peakKilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    writeFileSync(
      file,
      JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1_000, peakKilobytes: Number(peakKilobytes) }),
    );
  });
}
