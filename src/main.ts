/**
 * The entry: listens for signals first and loads the rest then, which takes half a second. A signal in that time would end the
 * process as if nobody listened.
 */

// Below the 10 s after which container engines kill.
const GRACE_MS = 8_000;
// `run` is ended so; a command that is cut off has not done what it was asked for.
const isRun = process.argv[2] === 'run';
const EXIT_CUT_OFF = isRun ? 0 : 130;

const LINGER_MS = 1_000;

/** Aborts on the first SIGTERM or SIGINT; what has not ended within the grace time then is cut off: Kafka aborts what is open. */
const stop = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) return;
    setTimeout(() => {
      // The log of `run` is not for other lines than its own.
      if (!isRun)
        process.stderr.write(
          `asana-audit-kafka: stopped by ${name}, and cut off after ${GRACE_MS / 1_000} s\n`,
        );
      process.exit(EXIT_CUT_OFF);
    }, GRACE_MS).unref();
    stop.abort(new Error(`stopped by ${name}`));
  });
}

// A reader that has seen enough (`check | head`) ends the output, and is no error.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0);
  throw error;
});

const { runCli } = await import('./cli.ts');
process.exitCode = await runCli(process.argv.slice(2), stop.signal);
// Sockets to a broker that hangs are waited for by nobody.
setTimeout(() => process.exit(), LINGER_MS).unref();
