/** The source as a process of its own: prints its address, and serves until it is ended. */

import { serveSource } from './server.ts';
import { QUIET } from './settings.ts';
import { PageTemplate, simulatedTexts } from './template.ts';

const template = new PageTemplate(simulatedTexts({ unknownFields: 0.02, bigIntegers: 0 }));
const now = () => performance.timeOrigin + performance.now();
const { origin } = await serveSource(template, QUIET, now);
console.log(`serving ${origin}`);
