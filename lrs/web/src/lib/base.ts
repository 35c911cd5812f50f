// Where the server is seen from outside, below its host: a proxy may show it under a path.

/** The path before all addresses of UI and API; empty where there is none. */
export const BASE = document.documentElement.dataset.base ?? '';
