import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { FaultKind } from '../../simulator/fault-kinds.ts';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import {
  environmentFor,
  eventually,
  gidsOf,
  type RunningConnector,
  runConnector,
  startConnector,
} from '../support/connector.ts';
import { keysIn } from '../support/topic.ts';

const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
let simulator: Simulator | undefined;
let connector: RunningConnector | undefined;
afterEach(async () => {
  await connector?.stop(1_000);
  connector = undefined;
  await simulator?.close();
});

/** In bytes: the most that a process has ever had in memory (high water mark). */
async function peakMemoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return 1_024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
}

describe('a source that misbehaves costs time, and neither an event nor the process', () => {
  test.each<FaultKind[]>([
    ['500', '502', '503', '504', 'html', 'html-200'],
    ['truncated', 'wrong-length', 'reset', 'utf8', 'empty', 'shape'],
    ['deep'],
    ['foreign-uri'],
    ['same-offset'],
    ['overlap'],
    ['unordered'],
  ])('%s', async (...faultKinds) => {
    const name = `hostile-${faultKinds[0]}`;
    simulator = await startSimulator({
      events: 3_000,
      pageSize: 50,
      rate: 0,
      requestsPerMinute: 0,
      faults: 0.2,
      faultKinds,
    });
    const environment = environmentFor(name, simulator, { ASANA_REQUEST_TIMEOUT: '2s' });

    const { exitCode, stderr } = await runConnector(['run', '--until-caught-up'], environment);

    expect(exitCode, stderr).toBe(0);
    expect(await keysIn(`${name}.events`)).toEqual(gidsOf(simulator));
  });

  // A look at what it holds now and then would miss the moment in which an answer is there whole.
  test.runIf(process.platform === 'linux').each<FaultKind>(['huge', 'gzip-bomb', 'deep'])(
    '%s: memory never comes to 512 MB',
    async (fault) => {
      const name = `hostile-memory-${fault}`;
      simulator = await startSimulator({
        events: 3_000,
        pageSize: 200,
        rate: 0,
        requestsPerMinute: 0,
        gzip: true,
        faults: 0.3,
        faultKinds: [fault],
      });
      const source = simulator;
      connector = await startConnector(environmentFor(name, source), join(folder, `${name}.log`));
      const running = connector;
      await eventually('everything is committed', async () => {
        const url = /"url":"([^"]+)"/.exec(await running.log())?.[1];
        const metrics = url ? await (await fetch(`${url}/metrics`)).text() : '';
        return metrics.includes('asana_audit_events_committed_total{stream="1201234567890123"} 3000');
      });

      const peakBytes = await peakMemoryOf(running.pid);
      // What is counted may not be readable yet: Kafka acknowledges a commit before its markers are written. A run that ends waits for them.
      await running.stop(9_000);
      expect(await keysIn(`${name}.events`)).toEqual(gidsOf(source));
      expect(peakBytes).toBeGreaterThan(0);
      expect(peakBytes).toBeLessThan(512 * 1024 * 1024);
    },
  );

  test('a redirect is refused, and the token goes nowhere', async () => {
    simulator = await startSimulator({ events: 100, rate: 0, faults: 1, faultKinds: ['redirect'] });
    const { exitCode, stderr } = await runConnector(
      ['run', '--until-caught-up'],
      environmentFor('hostile-redirect', simulator),
    );
    expect(stderr).toContain('(ASANA_REQUEST_REFUSED)');
    expect(exitCode).toBe(1);
  });
});
