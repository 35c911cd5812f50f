// Changes of a course file leave all else as it is.

import { expect, test } from 'vitest';
import { CourseFile, quoted, quotedList } from './course-file';

const TEXT = `# Of the region.
id = "c"
title = { it = "Corso" } # shown everywhere
hours = 10

[certificate]
hours = 8

[[module]]
id = "m1"
title = { it = "Uno", en = "One" }

# A lesson.
[[module.activity]]
key = "a"
id = [
  "https://e.example/1",
  "https://e.example/2",
]

[[module.event]]
key = "e"

[[module.event.session]]
id = "s1"
date = 2026-05-04
from = 09:30:00

[[module]]
id = "m2"
title.it = "Due"
`;

const file = (text = TEXT) => {
  const made = CourseFile.of(text);
  if (!made) throw new Error(`no TOML: ${text}`);
  return made;
};
/** The lines that are only in the one and only in the other text. */
function changed(to: string): [string[], string[]] {
  const [before, after] = [TEXT.split('\n'), to.split('\n')];
  return [before.filter((it) => !after.includes(it)), after.filter((it) => !before.includes(it))];
}

test('values are read as people write them', () => {
  const it = file();
  expect(it.read(['title', 'it'])).toBe('Corso');
  expect(it.read(['hours'])).toBe('10');
  expect(it.read(['module', 0, 'event', 0, 'session', 0, 'date'])).toBe('2026-05-04');
  expect(it.read(['module', 1, 'title', 'it'])).toBe('Due');
  expect(it.read(['begins'])).toBe('');
  expect(it.list(['module', 0, 'activity', 0, 'id'])).toEqual([
    'https://e.example/1',
    'https://e.example/2',
  ]);
  expect(it.tables([], 'module')).toHaveLength(2);
  expect(it.tables(['module', 0, 'event', 0], 'session')).toEqual([
    ['module', 0, 'event', 0, 'session', 0],
  ]);
  expect(it.tables(['module', 1], 'activity')).toEqual([]);
});

test('a value that is there is replaced where it stands', () => {
  expect(changed(file().set(['title', 'it'], quoted('Il "corso"')))).toEqual([
    ['title = { it = "Corso" } # shown everywhere'],
    ['title = { it = "Il \\"corso\\"" } # shown everywhere'],
  ]);
  const moved = file().set(['module', 0, 'event', 0, 'session', 0, 'date'], '2026-06-01');
  expect(changed(moved)).toEqual([['date = 2026-05-04'], ['date = 2026-06-01']]);
});

test('a value that is not there is added to its table', () => {
  expect(changed(file().set(['title', 'en'], quoted('Course')))[1]).toEqual([
    'title = { it = "Corso", en = "Course" } # shown everywhere',
  ]);
  const begins = file().set(['begins'], '2026-01-01');
  expect(begins).toContain('hours = 10\nbegins = 2026-01-01\n\n[certificate]');
  const place = file().set(['module', 0, 'event', 0, 'session', 0, 'place'], quoted('Roma'));
  expect(place).toContain('from = 09:30:00\nplace = "Roma"\n\n[[module]]');
  const titled = file().set(['module', 0, 'event', 0, 'title', 'it'], quoted('Convegno'));
  expect(titled).toContain('key = "e"\ntitle = { it = "Convegno" }\n');
  for (const text of [begins, place, titled]) expect(CourseFile.of(text)).not.toBeNull();
});

test('a value goes with its line, an inline one alone', () => {
  expect(changed(file().set(['hours'], null))).toEqual([['hours = 10'], []]);
  expect(changed(file().set(['module', 0, 'title', 'en'], null))[1]).toEqual([
    'title = { it = "Uno" }',
  ]);
  expect(file().set(['nothing'], null)).toBe(TEXT);
});

test('tables are added after their siblings and go with all below them', () => {
  const session = file().add(['module', 0, 'event', 0], 'session', [['id', quoted('s2')]]);
  expect(session).toContain('from = 09:30:00\n\n[[module.event.session]]\nid = "s2"\n\n[[module]]');
  const lesson = file().add(['module', 1], 'activity', [['id', quotedList(['https://e.example'])]]);
  expect(lesson).toContain('title.it = "Due"\n\n[[module.activity]]\nid = "https://e.example"\n');
  const module = file().add([], 'module', [['id', quoted('m3')]]);
  expect(file(module).tables([], 'module')).toHaveLength(3);
  const gone = file().remove(['module', 0, 'event', 0]);
  expect(gone).not.toContain('event');
  expect(file(gone).tables([], 'module')).toHaveLength(2);
  expect(file(file().remove(['module', 1])).text).not.toContain('m2');
});

test('what is no TOML is none, and lines belong to tables', () => {
  expect(CourseFile.of('id = ')).toBeNull();
  expect(file().at(2)).toEqual([]);
  expect(file().at(15)).toEqual(['module', 0, 'activity', 0]);
  expect(file().at(25)).toEqual(['module', 0, 'event', 0, 'session', 0]);
});
