import type { DecodePage, PageEvent } from '../asana/page.ts';
import { readPageBody } from '../asana/page-body.ts';
import { toRecord } from '../avro/mapping.ts';
import { identityOf } from '../encode/identity.ts';
import type { JsonValue } from '../json.ts';
import type { HideFields } from '../privacy/hide-fields.ts';

/** An event of which the connector would make a record, as the API sent it. */
export interface SourceEvent extends PageEvent {
  readonly source: JsonValue;
}

export const decodeSourcePage =
  (workspaceGid: string, hide: HideFields | undefined): DecodePage<SourceEvent> =>
  async (body, signal) => {
    signal.throwIfAborted();
    const { events, offset } = readPageBody(body, hide);
    return {
      events: events.map((source) => ({ ...identityOf(source, toRecord(source, workspaceGid)), source })),
      offset,
    };
  };
