// What is wrong with a field of a form, said under the field in the language of the page. A browser's own words stand in a
// bubble that goes away, and are in the language of the browser.
//
// A browser that is asked to send a form tells each field that is not good (`invalid`), and sends nothing. The first of
// them takes the focus; the words go once the field is good.

import { get } from 'svelte/store';
import { language, sayNow } from './texts';

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** What a field is called, without marks and what stands for screen readers alone. */
function nameOf(field: Field): string {
  const label = field.labels?.[0]?.textContent ?? field.getAttribute('aria-label') ?? '';
  return label.replace(/\s+/g, ' ').trim();
}

/** What is wrong with a field, and what to do. */
export function faultOf(field: Field): string {
  const { validity } = field;
  const name = nameOf(field);
  const limits = field as HTMLInputElement;
  if (validity.customError) return field.validationMessage;
  if (validity.valueMissing) {
    return field instanceof HTMLSelectElement || ['file', 'radio', 'checkbox'].includes(field.type)
      ? sayNow('field-not-chosen', { name })
      : sayNow('field-missing', { name });
  }
  if (validity.tooShort) {
    return sayNow('field-short', { least: limits.minLength, count: field.value.length });
  }
  if (validity.typeMismatch && field.type === 'url') return sayNow('field-url');
  if (validity.rangeUnderflow || validity.rangeOverflow) {
    return limits.max === ''
      ? sayNow('field-least', { least: limits.min })
      : sayNow('field-range', { least: limits.min, most: limits.max });
  }
  return sayNow('field-wrong', { name });
}

let made = 0;

/** Shows what is wrong with a field, under it. */
function show(field: Field): void {
  const shown = wordsOf(field) ?? document.createElement('span');
  shown.textContent = faultOf(field);
  if (shown.isConnected) return;
  made += 1;
  shown.id = `field-fault-${made}`;
  shown.className = 'field-fault';
  // Beside a button the words would stand in its line.
  const place = field.closest('[data-field-line]') ?? field;
  place.after(shown);
  field.setAttribute('aria-invalid', 'true');
  const described = field.getAttribute('aria-describedby');
  field.setAttribute('aria-describedby', described ? `${shown.id} ${described}` : shown.id);
}

const wordsOf = (field: Field): HTMLElement | null => {
  const id = /field-fault-\d+/.exec(field.getAttribute('aria-describedby') ?? '')?.[0];
  return id === undefined ? null : document.getElementById(id);
};

function clear(field: Field): void {
  const shown = wordsOf(field);
  if (!shown) return;
  const described = field.getAttribute('aria-describedby') ?? '';
  const rest = described.replace(shown.id, '').trim();
  if (rest === '') field.removeAttribute('aria-describedby');
  else field.setAttribute('aria-describedby', rest);
  field.removeAttribute('aria-invalid');
  shown.remove();
}

const isField = (target: EventTarget | null): target is Field =>
  target instanceof HTMLInputElement ||
  target instanceof HTMLSelectElement ||
  target instanceof HTMLTextAreaElement;

/** Whether a field is the first of its form that is not good. */
const isFirst = (field: Field): boolean =>
  [...(field.form?.elements ?? [])].find((it) => isField(it) && !it.validity.valid) === field;

/** Says the faults of all fields of all forms from now on. */
export function sayFieldFaults(root: Document): void {
  root.addEventListener(
    'invalid',
    (event) => {
      const { target } = event;
      if (!isField(target)) return;
      event.preventDefault();
      show(target);
      if (isFirst(target)) target.focus();
    },
    true,
  );
  for (const kind of ['input', 'change']) {
    root.addEventListener(kind, () => {
      // What a component makes of the change may make this field good, or another one.
      queueMicrotask(() => {
        for (const field of root.querySelectorAll('[aria-invalid]')) {
          if (!isField(field) || !wordsOf(field)) continue;
          if (field.validity.valid) clear(field);
          else show(field);
        }
      });
    });
  }
  let spoken = get(language);
  language.subscribe((now) => {
    if (now === spoken) return;
    spoken = now;
    for (const field of root.querySelectorAll('[aria-invalid]')) {
      if (isField(field) && wordsOf(field)) show(field);
    }
  });
}
