import { afterEach, beforeAll, expect, test } from 'vitest';
import { sayFieldFaults } from './field-faults';
import { speak } from './texts';

beforeAll(() => sayFieldFaults(document));
afterEach(() => document.body.replaceChildren());

/** A form with what is needed of somebody. */
function form(): HTMLFormElement {
  const made = document.createElement('form');
  for (const name of ['Nome', 'Ente']) {
    const label = document.createElement('label');
    label.htmlFor = name;
    label.textContent = name;
    const field = document.createElement('input');
    field.id = name;
    field.required = true;
    field.setAttribute('aria-describedby', `${name}-hint`);
    made.append(label, field);
  }
  document.body.append(made);
  return made;
}
const said = () => [...document.querySelectorAll('.field-fault')].map((it) => it.textContent);

test('each field says what is missing in the language of the page, and the first has the focus', async () => {
  await speak('it');
  const fields = form();
  fields.checkValidity();
  const text = said()
    .join(' ')
    .replace(/[\u2068\u2069]/g, '');
  expect(text).toBe('Manca: Nome. Manca: Ente.');
  expect(document.activeElement?.id).toBe('Nome');
  const first = document.querySelector('input');
  expect(first?.getAttribute('aria-invalid')).toBe('true');
  const [fault, hint] = (first?.getAttribute('aria-describedby') ?? '').split(' ');
  expect([document.getElementById(fault ?? '')?.textContent, hint]).toEqual([
    said()[0],
    'Nome-hint',
  ]);

  // Once more: nothing is said twice.
  fields.checkValidity();
  expect(said().length).toBe(2);
  await speak('en');
  expect(said()[0]?.replace(/[\u2068\u2069]/g, '')).toBe('Missing: Nome.');
});

test('the words go once the field is good', async () => {
  await speak('it');
  form().checkValidity();
  const first = document.querySelector('input');
  if (!first) throw new Error('no field');
  first.value = 'Anna';
  first.dispatchEvent(new Event('input', { bubbles: true }));
  await Promise.resolve();
  expect(said().length).toBe(1);
  expect(first.getAttribute('aria-invalid')).toBeNull();
  expect(first.getAttribute('aria-describedby')).toBe('Nome-hint');
});
