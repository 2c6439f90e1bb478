import { requirePage } from '../../src/asana/answer.ts';
import type { HttpAnswer } from '../../src/asana/http.ts';
import { readPageBody } from '../../src/asana/page-body.ts';
import type { Secret } from '../../src/config/secret.ts';
import type { HideFields } from '../../src/privacy/hide-fields.ts';

/** An answer as the client reads it, with its events as the API sent them. */
export function readAnswer(
  answer: HttpAnswer,
  sentOffset: string | undefined,
  token: Pick<Secret, 'removeFrom'>,
  hide?: HideFields,
) {
  requirePage(answer, sentOffset, token, hide !== undefined);
  return readPageBody(answer.body, hide);
}
