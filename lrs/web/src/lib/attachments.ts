// The attachments of a statement (Data 2.4.11): what it says of them, and their content.

import { raw, Refused, statementsAt } from './api';
import { parts } from './multipart';
import { idOf, inLanguage, type Json } from './statement';

/** What a statement says of an attachment. */
export interface Attachment {
  display: unknown;
  contentType: string;
  length: number;
  sha2: string;
  fileUrl: string;
  usageType: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The attachments of a statement, those of a SubStatement among them. */
export function attachmentsOf(statement: unknown): Attachment[] {
  const whole = (statement ?? {}) as Json;
  const inner = (whole.object ?? {}) as Json;
  return [...list(whole.attachments), ...list(inner.attachments)].map((one) => {
    const said = (one ?? {}) as Json;
    return {
      display: said.display,
      contentType: text(said.contentType),
      length: typeof said.length === 'number' ? said.length : 0,
      sha2: text(said.sha2),
      fileUrl: text(said.fileUrl),
      usageType: text(said.usageType),
    };
  });
}

/** The name to show of an attachment. */
export const displayOf = (attachment: Attachment, language: string): string =>
  inLanguage(attachment.display, language) || attachment.contentType || attachment.sha2;

/** The content of an attachment; nothing where the server has none. */
export async function contentOf(
  statement: unknown,
  { sha2 }: Attachment,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const query = new URLSearchParams({ statementId: idOf(statement), attachments: 'true' });
  const answer = await raw(`${statementsAt()}?${query.toString()}`, {
    Accept: 'multipart/mixed',
    'X-Experience-API-Version': '1.0.3',
  });
  const type = answer.headers.get('content-type') ?? '';
  const found = parts(type, await answer.arrayBuffer());
  if (found.length === 0) throw new Refused(answer.status, '', '');
  return found.find(({ headers }) => headers['x-experience-api-hash'] === sha2)?.bytes ?? null;
}
