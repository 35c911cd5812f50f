import { expect, test } from 'vitest';
import { parts } from './multipart';

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test('the parts of a body are as they were, whatever bytes they have', () => {
  const content = '\x00\r\n--other\xff\r\n\r\n';
  const body = bytes(
    `--b1\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n--b1\r\nX-Experience-API-Hash: 0a\r\n` +
      `Content-Type: image/png\r\n\r\n${content}\r\n--b1--\r\n`,
  );
  const found = parts('multipart/mixed; boundary="b1"', body.buffer);
  expect(found.map(({ headers }) => headers)).toEqual([
    { 'content-type': 'application/json' },
    { 'x-experience-api-hash': '0a', 'content-type': 'image/png' },
  ]);
  expect(found.map(({ bytes }) => String.fromCharCode(...bytes))).toEqual(['{"a":1}', content]);
});

test.each([
  ['application/json', '{}'],
  ['multipart/mixed; boundary=b', ''],
  ['multipart/mixed; boundary=b', '--b\r\nno end'],
  ['multipart/mixed; boundary=b', '--b--'],
])('%s of %j has no parts', (type, body) => {
  expect(parts(type, bytes(body).buffer)).toEqual([]);
});
