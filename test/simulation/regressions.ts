/** Seeds that once failed, and why. They always run: what was mended must stay mended. */

export const REGRESSIONS: ReadonlyMap<number, string> = new Map([
  [28, 'an event older than one that was younger than the earlier clock was not marked as late'],
  [30, 'where Asana’s clock is ahead of ours, pages were asked for one after the other without a wait'],
  [76, 'events were lost around one that is dated in the year 2999'],
  [133, 'a process that was stopped while it waited for its budget left late, and the next request in time'],
  [65, 'the window that had been read to its end was the last to make room, and the stream stood still'],
  [484, 'an event without a time at the end of a window, in a source without next_page, stopped the stream'],
  [2646, 'reading up to a refused piece said that the stream was complete as of now'],
  [2889, 'what is refused behind a millisecond that fills a page was asked for without end'],
  [4868, 'a quiet stream without offsets was taken to have fallen behind, again and again'],
  [9920, 'a request that a stopped process sent late left together with the next one'],
  [9770, 'an event without a time, in front of others of its own millisecond, was dead-lettered twice'],
  [7814, 'an event without a time, at the end of a page, was dead-lettered twice'],
  [
    1555,
    'on SIGTERM, small windows failed at once and others were begun without end, because the first one took longer',
  ],
  [7529, 'a look behind a page was counted as a page at hand where a sweep had read in between'],
]);
