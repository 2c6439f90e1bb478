/** The parts of ops/runbook.md: what comes before the first alert, and a section an alert. */

export type RunbookSection = {
  /** Of an alert, its name. */
  readonly title: string;
  /** Markdown, without the heading. */
  readonly text: string;
};

const HEADING = /^#{1,2} (.+)$/gm;

export function runbookSections(runbook: string): RunbookSection[] {
  const headings = [...runbook.matchAll(HEADING)];
  return headings.map((heading, index) => ({
    title: heading[1] ?? '',
    text: runbook.slice(heading.index + heading[0].length, headings[index + 1]?.index).trim(),
  }));
}
