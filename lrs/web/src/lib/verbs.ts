// The verbs that statements have most often: those of ADL, cmi5, the profiles of video and of Moodle.

const ADL = 'http://adlnet.gov/expapi/verbs/';
const CMI5 = 'https://w3id.org/xapi/adl/verbs/';
const VIDEO = 'https://w3id.org/xapi/video/verbs/';

/** Each with the name of its message, `verb-name-…`. */
export const VERBS = [
  ['completed', `${ADL}completed`],
  ['passed', `${ADL}passed`],
  ['failed', `${ADL}failed`],
  ['attended', `${ADL}attended`],
  ['initialized', `${ADL}initialized`],
  ['terminated', `${ADL}terminated`],
  ['suspended', `${ADL}suspended`],
  ['resumed', `${ADL}resumed`],
  ['launched', `${ADL}launched`],
  ['attempted', `${ADL}attempted`],
  ['answered', `${ADL}answered`],
  ['experienced', `${ADL}experienced`],
  ['progressed', `${ADL}progressed`],
  ['scored', `${ADL}scored`],
  ['interacted', `${ADL}interacted`],
  ['registered', `${ADL}registered`],
  ['voided', `${ADL}voided`],
  ['viewed', 'http://id.tincanapi.com/verb/viewed'],
  ['satisfied', `${CMI5}satisfied`],
  ['waived', `${CMI5}waived`],
  ['abandoned', `${CMI5}abandoned`],
  ['logged-in', `${CMI5}logged-in`],
  ['played', `${VIDEO}played`],
  ['paused', `${VIDEO}paused`],
] as const;
