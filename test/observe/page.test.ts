import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { ConnectorError } from '../../src/errors.ts';
import { type Look, launchBrowser, openPage } from '../support/browser.ts';
import * as scenes from './page-scenes.ts';
import { revoked, type StatusScene, statusScene } from './status-scene.ts';
import { committed, position } from './watched.ts';

let browser: Awaited<ReturnType<typeof launchBrowser>>;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

const LOOKS: Look[] = [
  { device: 'desktop', scheme: 'light' },
  { device: 'phone', scheme: 'dark' },
];

async function show(scene: StatusScene, look: Look, context: TestContext) {
  if (browser === undefined) return context.skip('Chromium cannot run here');
  const server = await scene.serve();
  context.onTestFinished(() => server.close());
  return { ...(await openPage(browser, server.url, look, context)), server };
}

const textOf = (page: Page) => page.locator('main').innerText();
const namesOf = (page: Page) => page.locator('.stream .name').allInnerTexts();

const STATES: [string, () => StatusScene | Promise<StatusScene>, RegExp[]][] = [
  ['healthy', scenes.healthy, [/All is well/, /Caught up as of 4 s ago/, /90 days/, /6 of 1,200 requests/]],
  [
    'catching-up',
    scenes.catchingUp,
    [/Well, and catching up/, /63 % of 80 days, about \d+ (s|min) left/, /\d\d,\d\d\d events\/s/],
  ],
  [
    'halted',
    scenes.halted,
    [/1 of 3 streams needs attention/, /The other 2 are well/, /401 Unauthorized/, /Next step: put a valid/],
  ],
  [
    'rate-limited',
    scenes.rateLimited,
    [/Asana limits the rate/, /wait for another 31 s/, /Next step: .*ASANA_REQUESTS_PER_MINUTE/],
  ],
  [
    'kafka-gone',
    scenes.kafkaGone,
    [/There is no session with Kafka/, /Reconnecting/, /KAFKA_UNAVAILABLE, since/, /check KAFKA_BROKERS/],
  ],
  ['empty', scenes.empty, [/Starting/, /Opening a session with Kafka/]],
  ['many', scenes.many, [/4 of 100 streams need attention/, /1 halted, 1 with a gap.*The other 96 are well/]],
];

const CASES = STATES.flatMap(([name, make, texts]) =>
  LOOKS.map((look) => ({ name, make, texts, look, ...look })),
);

test.for(CASES)(
  '$name, $device, $scheme: what a human needs is there, nothing is complained about, nothing is asked for elsewhere, nothing is wider than the screen',
  async ({ name, make, texts, look }, context) => {
    const shown = await show(await make(), look, context);
    const { page, server } = shown;
    await shown.keep(`${name}-${look.device}-${look.scheme}`);
    const text = await textOf(page);
    for (const expected of texts) expect(text).toMatch(expected);
    expect(await page.title()).toContain(await page.locator('h1').innerText());
    // A phone lays out as wide as the content is: innerWidth would say that all is well.
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
    expect(shown.requested.filter((url) => !url.startsWith(server.url))).toEqual([]);
    expect(shown.complaints).toEqual([]);
  },
);

test('text has a contrast of at least 4.5 to what is behind it, by day and by night', async (context) => {
  for (const scheme of ['light', 'dark'] as const) {
    const { page } = await show(await scenes.halted(), { device: 'desktop', scheme }, context);
    const ratios: Record<string, number> = {};
    for (const selector of [
      'h1',
      '#detail',
      '.says',
      '.state',
      '.trouble h3',
      '.about',
      'dt',
      'dd',
      'footer a',
    ])
      ratios[selector] = await contrastOf(page, selector);
    for (const [selector, ratio] of Object.entries(ratios))
      expect(ratio, `${selector}, ${scheme}`).toBeGreaterThan(4.5);
  }
});

/** As WCAG defines it, of the first element that `selector` finds. */
async function contrastOf(page: Page, selector: string): Promise<number> {
  const [front, back] = (await page.evaluate(`(() => {
    let element = document.querySelector(${JSON.stringify(selector)});
    const front = getComputedStyle(element).color;
    while (element && getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)') element = element.parentElement;
    return [front, getComputedStyle(element ?? document.body).backgroundColor];
  })()`)) as [string, string];
  const [a, b] = [luminance(front), luminance(back)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test('with a hundred streams the troubled ones are first, and any opens with the keyboard', async (context) => {
  const { page } = await show(await scenes.many(), { device: 'desktop', scheme: 'light' }, context);
  const states = await page.locator('.stream .state').allInnerTexts();
  expect(states).toHaveLength(100);
  expect(states.slice(0, 4)).toEqual(['Halted', 'Gap', 'Reconnecting', 'No answers']);
  expect(await page.locator('details[open]').count()).toBe(0);
  await page.locator('summary').first().focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('details[open] .next').innerText()).toMatch(/^Next step: put a valid/);
});

test('it updates by itself, and a stream that gets into trouble comes first and opens', async (context) => {
  const scene = statusScene(['111', '222', '333']);
  for (const stream of scene.streams) scene.live(5, stream);
  const { page } = await show(scene, { device: 'desktop', scheme: 'light' }, context);
  expect(await page.locator('h1').innerText()).toBe('All 3 streams are well');
  await page.locator('summary').nth(1).click();
  scene.streams[1]?.observer.halted(revoked());
  await page.getByText('1 of 3 streams needs attention').waitFor({ timeout: 10_000 });
  expect(await namesOf(page)).toEqual(['222', '111', '333']);
  expect(await page.locator('details').first().getAttribute('open')).not.toBeNull();
});

test('what looks like HTML, in a name or an error, is shown as the text that it is', async (context) => {
  const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const scene = statusScene([evil], { connectorName: evil });
  scene.observer.halted(new ConnectorError('TOPIC_UNFIT', evil));
  const { page, complaints } = await show(scene, { device: 'desktop', scheme: 'light' }, context);
  for (const where of ['.name', '.trouble h3', '#connector'])
    expect(await page.locator(where).innerText()).toContain(evil);
  expect(await page.locator('main img, main script').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('of gaps and dead letters it says how to see them, and that they are counted since the start', async (context) => {
  const scene = await scenes.healthy();
  const gap = { fromMs: 0, toMs: scene.clock.now(), reason: 'deleted-by-asana' as const };
  scene.observer.committed(
    committed({ gaps: [gap, gap], deadLetters: [{ reason: 'no-gid' }] }),
    position(scene.clock.now(), { completeToMs: scene.clock.now() }),
  );
  const { page, keep } = await show(scene, { device: 'phone', scheme: 'light' }, context);
  await keep('findings-phone-light');
  const text = await textOf(page);
  for (const label of ['Gaps since start', 'Dead letters since start', 'Late events since start'])
    expect(text).toContain(label);
  expect(text).toMatch(/2 gaps recorded since start[\s\S]*Next step: asana-audit-kafka offsets get/);
  expect(text).toMatch(/Dead letters\n[\s\S]*Next step: asana-audit-kafka tail --dead-letters/);
});

test('once the connector is gone it says so and since when, keeps what it knew, and goes on when it is back', async (context) => {
  const scene = await scenes.healthy();
  const { page, server, keep, requested } = await show(
    scene,
    { device: 'desktop', scheme: 'light' },
    context,
  );
  const { port } = new URL(server.url);
  await server.close();
  await page.getByText('The connector does not answer').waitFor({ timeout: 10_000 });
  const asked = requested.length;
  await keep('gone-desktop-light');
  expect(await page.locator('#detail').innerText()).toMatch(
    /^Since \d\d:\d\d:\d\d, for \d+ s\..*is from \d\d:\d\d:\d\d\.$/,
  );
  expect(await page.title()).toMatch(/^No answer/);
  expect(await textOf(page)).toContain('Committed since start');
  await page.getByText(/for 4 s/).waitFor({ timeout: 10_000 });
  expect(requested.length - asked).toBeLessThan(4);
  const again = await scene.serve(Number(port));
  context.onTestFinished(() => again.close());
  await page.getByText('All is well').waitFor({ timeout: 20_000 });
}, 60_000);

test('a page that nobody sees asks for nothing, and asks at once when it is seen again', async (context) => {
  const { page, requested } = await show(scenes.empty(), { device: 'phone', scheme: 'light' }, context);
  const setHidden = (hidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
      document.dispatchEvent(new Event('visibilitychange'))`);
  await page.clock.install();
  await page.reload();
  const answered = () => page.waitForResponse(/status\.json/);
  for (let period = 0; period < 2; period++) {
    await Promise.all([answered(), page.clock.runFor(3_100)]);
    await page.locator('#about:not(:empty)').waitFor();
  }
  await setHidden(true);
  const before = requested.length;
  await page.clock.runFor(60_000);
  expect(requested.length).toBe(before);
  const asked = page.waitForRequest(/status\.json/);
  await setHidden(false);
  await asked;
});

test('without JavaScript it leads to /status.json', async (context) => {
  if (browser === undefined) return context.skip('Chromium cannot run here');
  const server = await scenes.empty().serve();
  context.onTestFinished(() => server.close());
  const plain = await browser.newContext({ javaScriptEnabled: false });
  context.onTestFinished(() => plain.close());
  const page = await plain.newPage();
  await page.goto(server.url);
  expect(await page.locator('noscript a').getAttribute('href')).toBe('/status.json');
  expect(await page.locator('noscript').innerText()).toContain('asana-audit-kafka status');
});
