// Runs before anything is shown: no flash of the other colours, and no HTML made of text.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem('traccia.theme');
  } catch {
    // Storage is forbidden: the system's choice holds.
  }
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  // The page's policy demands trusted HTML. The only HTML that this one trusts is none, with which charts clear their place.
  window.trustedTypes?.createPolicy('default', {
    createHTML: (html) => (html === '' ? html : null),
  });
})();
