const MAX_QUOTED = 300;

/** What somebody else wrote, on one line, short, and without control characters: it goes to logs and terminals. */
export const quote = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_QUOTED);
