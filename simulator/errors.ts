/** Answers of the simulator, and the API's error bodies. */

import type { SimulatorOptions } from './options.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const HELP =
  'For more information on API status codes and how to handle them, read the docs on errors: ' +
  'https://developers.asana.com/docs/errors';

export const jsonAnswer = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
  body,
});

/** `{"errors":[{"message","help"}]}`; `phrase` is for status 500 only. */
export function errorAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  phrase?: string,
): Answer {
  const error = phrase === undefined ? { message, help: HELP } : { message, help: HELP, phrase };
  return jsonAnswer(status, JSON.stringify({ errors: [error] }), headers);
}

/** A refusal on the way to an answer: thrown by the checks of a request, turned into its answer in one place. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`answered with ${answer.status}`);
    this.answer = answer;
  }
}

/** What a page that is refused for good is answered with. */
export function refusedAnswer(how: SimulatorOptions['refusedWith']): Answer {
  if (how === 'html-200')
    return {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<html>This page is broken.</html>',
    };
  return how === '400'
    ? errorAnswer(400, 'Bad Request')
    : errorAnswer(500, 'Server Error', {}, '7 bad bees break bread');
}

export const refuse = (status: number, message: string): Refusal => new Refusal(errorAnswer(status, message));
