import { describe, expect, test } from 'vitest';
import { EventParser } from './events';

const STREAM =
  ': hello\n\nevent: statement\nid: 17\ndata: {"a":\ndata: 1}\n\nid: 18\r\ndata: x\r\n\r\nevent: none\n\n';

describe('a stream of events', () => {
  test.each([1, 2, 3, 7, 1000])('is the same in pieces of %i letters', (size) => {
    const parser = new EventParser();
    const pieces = STREAM.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => parser.push(piece))).toEqual([
      { name: 'statement', id: '17', data: '{"a":\n1}' },
      { name: 'message', id: '18', data: 'x' },
    ]);
  });

  test('gives nothing of an event that is not whole', () => {
    const parser = new EventParser();
    expect(parser.push('data: half')).toEqual([]);
    expect(parser.push('\n')).toEqual([]);
    expect(parser.push('\n')).toEqual([{ name: 'message', id: '', data: 'half' }]);
  });
});
