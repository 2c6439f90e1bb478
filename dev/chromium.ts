/** A real Chromium, which a package brings with it. */

import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

// One process for all would hang when a page is closed, and what is to be tested must not be turned off.
const UNWANTED = ['--single-process', '--disable-web-security', '--allow-running-insecure-content'];
const QUIET = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

/** Throws where it cannot run here. */
export async function startChromium(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  const args = [...chromium.args.filter((arg) => !UNWANTED.includes(arg)), ...QUIET];
  return playwright.launch({ executablePath, args, headless: true });
}
