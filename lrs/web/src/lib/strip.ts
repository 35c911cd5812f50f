// Pages beside each other in one line: the one that is shown is brought into sight.

import type { Attachment } from 'svelte/attachments';

/** Scrolls a list to the link of the page that is shown, without moving the page itself; `shown` is read to do it anew. */
export const strip =
  (shown: string): Attachment<HTMLElement> =>
  (list) => {
    list.dataset.shown = shown;
    const centre = () => {
      const link = list.querySelector<HTMLElement>('[aria-current]');
      if (!link) return;
      const [outer, inner] = [list.getBoundingClientRect(), link.getBoundingClientRect()];
      list.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
    };
    centre();
    // A telephone that is turned.
    const observer = new ResizeObserver(centre);
    observer.observe(list);
    return () => observer.disconnect();
  };
