/** A real Chromium, for what only a browser can tell. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import { startChromium } from '../../dev/chromium.ts';

export const SCREENSHOTS = join(import.meta.dirname, '../../.cache/screenshots');

/** Undefined where it cannot run here, which is said once; throws instead where REQUIRE_CHROMIUM=1. */
export async function launchBrowser(): Promise<Browser | undefined> {
  try {
    return await startChromium();
  } catch (error) {
    if (process.env.REQUIRE_CHROMIUM === '1') throw error;
    const [why] = String(error instanceof Error ? error.message : error).split('\n');
    console.warn(`Chromium cannot run here, and what needs it is skipped: ${why}`);
    return undefined;
  }
}

export interface Look {
  readonly device: 'desktop' | 'phone';
  readonly scheme: 'light' | 'dark';
}

const SIZES = {
  desktop: { viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1 },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
} as const;

export interface OpenPage {
  readonly page: Page;
  /** Whatever the browser had to complain about: script errors, refused files, violations of the content policy. */
  readonly complaints: string[];
  /** Every address that was asked for. */
  readonly requested: string[];
  /** Keeps a picture of the whole page, as `<name>.png`. */
  keep(name: string): Promise<void>;
}

export async function openPage(
  browser: Browser,
  url: string,
  { device, scheme }: Look,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
): Promise<OpenPage> {
  const context = await browser.newContext({
    ...SIZES[device],
    colorScheme: scheme,
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(url);
  await page.locator('#about:not(:empty)').waitFor();
  return {
    page,
    complaints,
    requested,
    keep: async (name) => {
      mkdirSync(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
    },
  };
}
